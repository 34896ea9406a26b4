import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { purgeCommands } from './maintenance.ts';
import { append, command, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { AppendResult, CommandRecord, EventStore } from './types.ts';

let database: TestDatabase;
let store: EventStore;
let other: EventStore;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database);
  other = await openStore(database);
});
afterAll(async () => {
  await store.close();
  await other.close();
  await database.drop();
});

const outcomes = (results: readonly AppendResult[]) => results.map((result) => result.outcome).sort();
const one = (record: CommandRecord, via: EventStore = store, streamId = newStreamId()) =>
  via.append(append(streamId, 'any', [happened()], record));

describe('a command sent twice', () => {
  const known = (record: CommandRecord) => ({ outcome: 'known_command', answer: record.answer });

  test('one after the other, gets the stored answer and appends nothing', async () => {
    const record = command();
    const position = await store.lastPosition();
    expect(await one(record)).toMatchObject({ outcome: 'appended' });
    expect(await one({ ...record, answer: 'another answer' })).toEqual(known(record));
    expect(await one(record, other)).toEqual(known(record));
    expect(await store.lastPosition()).toBe(position + 1);
    expect(await store.findCommand(record.key, record.scope, record.requestHash)).toEqual(known(record));
  });

  test('in one shared call, is executed by the first', async () => {
    const record = command();
    const results = await Promise.all([one(record), one(record), one(command()), one(record)]);
    expect(results[0]).toMatchObject({ outcome: 'appended' });
    expect(results[1]).toEqual(known(record));
    expect(results[2]).toMatchObject({ outcome: 'appended' });
    expect(results[3]).toEqual(known(record));
  });

  test('to two processes at once, is executed by one', async () => {
    for (let round = 0; round < 30; round++) {
      const record = command();
      const streamId = newStreamId();
      const results = await Promise.all([one(record, store, streamId), one(record, other, streamId)]);
      expect(outcomes(results)).toEqual(['appended', 'known_command']);
      expect(await store.readStream(streamId)).toHaveLength(1);
    }
  });

  test('with another body, is told so, also in one shared call', async () => {
    const record = command();
    const changed = { ...record, requestHash: Buffer.from('another body') };
    expect(outcomes(await Promise.all([one(record), one(changed)]))).toEqual(['appended', 'key_reused']);
    expect(await one(changed)).toEqual({ outcome: 'key_reused' });
    expect(await store.findCommand(changed.key, changed.scope, changed.requestHash)).toEqual({ outcome: 'key_reused' });
  });

  test('in another scope, is another command', async () => {
    const record = command();
    const theirs = { ...record, scope: 'clerk.two POST /v1/cases' };
    expect(outcomes(await Promise.all([one(record), one(theirs)]))).toEqual(['appended', 'appended']);
    expect(await store.findCommand(record.key, 'clerk.three', record.requestHash)).toBeUndefined();
  });

  test('and in conflict the first time, may be sent again', async () => {
    const record = command();
    const streamId = newStreamId();
    const attempt = (expected: number) => store.append(append(streamId, expected, [happened()], record));
    expect(await attempt(3)).toMatchObject({ outcome: 'conflict' });
    expect(await store.findCommand(record.key, record.scope, record.requestHash)).toBeUndefined();
    expect(await attempt(0)).toMatchObject({ outcome: 'appended' });
    expect(await attempt(3)).toEqual(known(record));
  });

  test('is known even where its events are known too, and its answer may be large', async () => {
    const record = command({ answer: JSON.stringify('x'.repeat(300_000)) });
    const event = { ...happened(), eventId: randomUUID() };
    const streamId = newStreamId();
    const both = () => store.append(append(streamId, 'any', [event], record));
    expect(await both()).toMatchObject({ outcome: 'appended' });
    expect(await both()).toEqual(known(record));
  });

  test('may be one without events', async () => {
    const record = command();
    expect(await store.append({ streams: [], command: record })).toEqual({ outcome: 'appended', streams: [] });
    expect(await store.append({ streams: [], command: record })).toEqual(known(record));
  });
});

test('answers older than 90 days are purged by the owner; the writer cannot', async () => {
  const [old, fresh] = [command(), command()];
  await one(old);
  await one(fresh);
  const owner = database.pool('owner', 1);
  await owner.query(`update event_store.commands set recorded_at = now() - interval '91 days' where key = $1`, [
    old.key,
  ]);
  await expect(purgeCommands(database.pool('writer', 1))).rejects.toThrow('permission denied');
  expect(await purgeCommands(owner)).toBe(1);
  expect(await store.findCommand(old.key, old.scope, old.requestHash)).toBeUndefined();
  expect(await store.findCommand(fresh.key, fresh.scope, fresh.requestHash)).toBeDefined();
});

test('a purge removes more rows than it deletes at once', async () => {
  const owner = database.pool('owner', 1);
  await owner.query(`
    insert into event_store.commands (key, scope, request_hash, answer, recorded_at)
    select gen_random_uuid(), 'old', 'x', '', now() - interval '100 days' from generate_series(1, 2500)`);
  expect(await purgeCommands(owner)).toBe(2500);
  expect(await purgeCommands(owner)).toBe(0);
});
