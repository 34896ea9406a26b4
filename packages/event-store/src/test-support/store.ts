import { randomUUID } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { createEventStore, type EventStoreOptions } from '../event-store.ts';
import { eventStoreMigrations } from '../maintenance.ts';
import type { Append, CommandRecord, EventStore, ExpectedVersion, NewEvent } from '../types.ts';
import { jsonCodec } from './json-codec.ts';

export const eventStoreDatabase = (): Promise<TestDatabase> =>
  testDatabase({ service: 'test-event-store', sets: [eventStoreMigrations] });

/** A store with a pool of its own, as another process would have. */
export const openStore = (database: TestDatabase, limits: EventStoreOptions['limits'] = {}): Promise<EventStore> =>
  createEventStore({ pool: database.pool('writer'), codec: jsonCodec, limits });

export const newStreamId = (): string => `case-${randomUUID()}`;

export const happened = (data: object = {}): NewEvent => ({ type: 'test.Happened', data });

/** Events for one stream. */
export const append = (
  streamId: string,
  expectedVersion: ExpectedVersion,
  events: readonly NewEvent[] = [happened()],
  command?: CommandRecord,
): Append => ({
  streams: [{ streamId, streamType: 'case', expectedVersion, events }],
  ...(command === undefined ? {} : { command }),
});

export const command = (overrides: Partial<CommandRecord> = {}): CommandRecord => ({
  key: randomUUID(),
  scope: 'clerk.one POST /v1/cases',
  requestHash: Buffer.from('hash of the body'),
  answer: '{"stream":"case"}',
  ...overrides,
});
