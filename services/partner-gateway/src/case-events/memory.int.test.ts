/** Two batches at once, as of two instances: the one that comes second numbers on from what the first one wrote. */
import { setTimeout as pause } from 'node:timers/promises';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partnerGateway } from '../service.ts';
import { recall } from './memory.ts';

let bed: TestService;
beforeAll(async () => {
  bed = await startTestService(partnerGateway);
});
afterAll(() => bed?.close());

test('a batch waits for its numbers until the one before it has ended', async () => {
  const [first, second] = [await bed.database.pool('writer').connect(), await bed.database.pool('writer').connect()];
  for (const tx of [first, second]) {
    await tx.query('begin');
    await tx.query(`select set_config('vienuviet.caller', '{"actorId":"system:test","roles":["system"]}', true)`);
  }
  await recall(first, []);
  const order: string[] = [];
  const waiting = recall(second, []).then(() => order.push('second has its numbers'));
  await pause(200);
  order.push('first ends');
  await first.query('commit');
  await waiting;
  await second.query('commit');
  expect(order).toEqual(['first ends', 'second has its numbers']);
  for (const tx of [first, second]) tx.release();
});
