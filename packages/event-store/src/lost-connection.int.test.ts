import { setTimeout as pause } from 'node:timers/promises';
import { createPool } from '@vienuviet/database';
import type { TestDatabase } from '@vienuviet/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, type Decider } from './decider.ts';
import { createEventStore } from './event-store.ts';
import { executeCommand } from './execute-command.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { append, command, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { Append, EventStore } from './types.ts';

let database: TestDatabase;
let store: EventStore;
let admin: pg.Client;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database);
  admin = new pg.Client({ connectionString: database.adminUrl, application_name: 'test-assassin' });
  await admin.connect();
});
afterAll(async () => {
  await store.close();
  await admin.end();
  await database.drop();
});

/** Ends every session of the writer, whatever it is doing. */
const endSessions = () =>
  admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'test-writer'`,
  );

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

describe('when the session ends in the middle of an append', () => {
  test('the outcome is unknown to the caller, and the next append works', async () => {
    const lock = await database.pool('owner', 1).connect();
    await lock.query('begin');
    await lock.query('select pg_advisory_xact_lock(7160010)');
    const underWay = store.append(append(newStreamId(), 'any'));
    underWay.catch(() => undefined);
    await pause(50);
    const waiting = store.append(append(newStreamId(), 'any'));
    await endSessions();
    await expect(underWay).rejects.toMatchObject({ code: 'outcome_unknown' });
    await lock.query('rollback');
    lock.release();
    expect(await waiting).toMatchObject({ outcome: 'appended' });
  });

  test('every accepted append is there once; a repeat tells what became of an unknown one', {
    timeout: 60_000,
  }, async () => {
    const accepted: string[] = [];
    const unknown: Append[] = [];
    const refused: string[] = [];
    const until = Date.now() + 2_500;
    const write = async () => {
      while (Date.now() < until) {
        const streamId = newStreamId();
        const one = append(streamId, 'no_stream', [happened(), happened()], command());
        await store.append(one).then(
          () => accepted.push(streamId),
          (error) => (codeOf(error) === 'outcome_unknown' ? unknown.push(one) : refused.push(String(codeOf(error)))),
        );
      }
    };
    const assassin = async () => {
      while (Date.now() < until) {
        await pause(5 + Math.random() * 30);
        await endSessions();
      }
    };
    await Promise.all([...Array.from({ length: 12 }, write), assassin()]);

    expect(accepted.length).toBeGreaterThan(10);
    expect(unknown.length).toBeGreaterThan(0);
    expect(refused.filter((code) => code !== 'unavailable')).toEqual([]);
    for (const streamId of accepted) expect(await store.readStream(streamId)).toHaveLength(2);
    for (const one of unknown) {
      const again = await store.append(one);
      expect(again.outcome).toBeOneOf(['appended', 'known_command']);
      expect(await store.readStream(one.streams[0]!.streamId)).toHaveLength(2);
    }
  });
});

test('a command with a key finds out by itself what became of it', { timeout: 60_000 }, async () => {
  const visits: Decider<'visit', number, { type: string; data: object }> = {
    initialState: 0,
    decide: () => accept({ type: 'test.Visited', data: {} }),
    evolve: (count) => count + 1,
  };
  let ended = 0;
  let running = true;
  const assassin = (async () => {
    while (running) {
      await pause(20 + Math.random() * 60);
      await endSessions();
      ended++;
    }
  })();
  for (const until = Date.now() + 2_500; Date.now() < until; ) {
    const streamId = newStreamId();
    const { key, scope, requestHash } = command();
    const visit = () =>
      executeCommand(store, {
        decider: visits,
        streamType: 'case',
        streamId,
        command: 'visit' as const,
        idempotency: { key, scope, requestHash },
      });
    // Reading may fail too; a route answers 503 and its caller sends the same key again.
    let result = await visit().catch(() => undefined);
    while (result === undefined) result = await visit().catch(() => undefined);
    expect(result.outcome).toBeOneOf(['executed', 'known_command']);
    expect(await store.readStream(streamId).catch(() => [1])).toHaveLength(1);
  }
  running = false;
  await assassin;
  expect(ended).toBeGreaterThan(3);
  const { rows } = await database
    .pool('owner', 1)
    .query(`select stream_id from event_store.events where type = 'test.Visited' group by 1 having count(*) > 1`);
  expect(rows).toEqual([]);
});

test('without a server an append fails as not appended, and works once there is one', async () => {
  const pool = createPool({ url: database.writerUrl, name: 'test-writer', max: 2 });
  const late = await createEventStore({ pool, codec: jsonCodec });
  const outside = new pg.Client({ connectionString: new URL('/postgres', database.adminUrl).toString() });
  await outside.connect();
  await outside.query(`alter database ${database.name} allow_connections false`);
  await endSessions();
  await pause(50);
  await expect(late.append(append(newStreamId(), 'any'))).rejects.toMatchObject({ code: 'unavailable' });
  await outside.query(`alter database ${database.name} allow_connections true`);
  await outside.end();
  expect(await late.append(append(newStreamId(), 'any'))).toMatchObject({ outcome: 'appended' });
  await late.close();
  await pool.end();
});
