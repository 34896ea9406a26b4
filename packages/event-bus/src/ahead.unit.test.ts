import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ahead } from './ahead.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
const others = process.listeners('unhandledRejection');
beforeEach(() => {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of others) process.on('unhandledRejection', listener);
});

test('work that nobody looks at may fail; who looks at it sees the failure', async () => {
  const failing = async () => {
    throw new Error('the server went away');
  };
  void ahead(failing());
  await pause(20);
  expect(unhandled).toEqual([]);
  await expect(ahead(failing())).rejects.toThrow('the server went away');
});
