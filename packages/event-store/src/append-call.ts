import type pg from 'pg';
import type { AdmittedAppend, AdmittedStream } from './admission.ts';
import { boolArray, byteaArray, int4Array, int8Array, jsonbArray, textArray, uuidArray } from './binary-arrays.ts';
import { EventStoreError } from './errors.ts';
import type { AppendedStream, AppendResult } from './types.ts';

/** One round trip, one transaction: see the functions in `sql/0001_event_store/migration.sql`. */
const APPEND = `
  select event_store.append(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)::text as answer`;
const APPEND_ONE = `
  select event_store.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)::text as answer`;

/** What the server said about one append; the answer of a known command is still to be read. */
export type AppendAnswer =
  | Exclude<AppendResult, { outcome: 'known_command' }>
  | { readonly outcome: 'known_command' }
  | { readonly outcome: 'events_partly_known' };

const KNOWN_COMMAND = 1;
const KEY_REUSED = 2;
const KNOWN_EVENTS = 3;
const EVENTS_PARTLY_KNOWN = 4;

/** The call that appends a batch, for node-postgres. Throws `append_refused` when something cannot be sent. */
export function appendQuery(batch: readonly AdmittedAppend[]): pg.QueryArrayConfig {
  const first = batch[0]!;
  try {
    const alone = batch.length === 1 && first.events === 1 && first.streams.length === 1;
    return alone ? appendOneQuery(first) : appendBatchQuery(batch);
  } catch (cause) {
    throw new EventStoreError('append_refused', 'the append could not be put on the wire', { cause });
  }
}

function appendBatchQuery(batch: readonly AdmittedAppend[]): pg.QueryArrayConfig {
  const streams = batch.flatMap((append) => append.streams);
  const entries: number[] = [];
  const nths: number[] = [];
  const types: string[] = [];
  const schemaIds: number[] = [];
  const payloads: Buffer[] = [];
  const metas: string[] = [];
  const eventIds: Buffer[] = [];
  let entry = 0;
  for (const append of batch) {
    for (const stream of append.streams) {
      entry++;
      let nth = 0;
      for (const event of stream.events) {
        nth++;
        entries.push(entry);
        nths.push(nth);
        types.push(event.type);
        schemaIds.push(event.schemaId);
        payloads.push(event.payload);
        metas.push(append.meta);
        eventIds.push(event.eventId);
      }
    }
  }
  return {
    name: 'event_store_append',
    text: APPEND,
    rowMode: 'array',
    values: [
      apart(batch, eventIds),
      int4Array(batch.map((append) => append.streams.length)),
      boolArray(batch.map((append) => append.eventIdsGiven)),
      uuidArray(batch.map((append) => append.command?.key ?? null)),
      textArray(batch.map((append) => append.command?.scope ?? null)),
      byteaArray(batch.map((append) => append.command?.requestHash ?? null)),
      textArray(batch.map((append) => append.command?.answer ?? null)),
      textArray(streams.map((stream) => stream.streamId)),
      textArray(streams.map((stream) => stream.streamType)),
      int8Array(streams.map((stream) => stream.expected)),
      int4Array(streams.map((stream) => stream.events.length)),
      int4Array(entries),
      int4Array(nths),
      textArray(types),
      int4Array(schemaIds),
      byteaArray(payloads),
      jsonbArray(metas),
      uuidArray(eventIds),
    ],
  };
}

function appendOneQuery(append: AdmittedAppend): pg.QueryArrayConfig {
  const { command } = append;
  const stream = append.streams[0]!;
  const event = stream.events[0]!;
  return {
    name: 'event_store_append_one',
    text: APPEND_ONE,
    rowMode: 'array',
    values: [
      command?.key ?? null,
      command?.scope ?? null,
      command?.requestHash ?? null,
      command?.answer ?? null,
      stream.streamId,
      stream.streamType,
      stream.expected,
      event.type,
      event.schemaId,
      event.payload,
      append.meta,
      event.eventId,
      append.eventIdsGiven,
    ],
  };
}

/** Whether no two appends of the batch can stand in each other's way. */
function apart(batch: readonly AdmittedAppend[], eventIds: readonly Buffer[]): boolean {
  const seen = new Set<string>();
  let names = 0;
  for (const append of batch) {
    names += append.streams.length;
    for (const stream of append.streams) seen.add(stream.streamId);
    if (append.command === undefined) continue;
    names++;
    seen.add(append.command.keyText);
  }
  if (batch.some((append) => append.eventIdsGiven)) {
    names += eventIds.length;
    for (const id of eventIds) seen.add(id.toString('latin1'));
  }
  return seen.size === names;
}

/** Reads what the function returned, `{first position, an outcome for each append, a version for each stream}`. */
export function readAnswer(batch: readonly AdmittedAppend[], text: string): AppendAnswer[] {
  const numbers = text.slice(1, -1).split(',').map(Number);
  let position = numbers[0]! - 1;
  let entry = 1 + batch.length;
  return batch.map((append, index) => {
    const outcome = numbers[1 + index]!;
    const versions = numbers.slice(entry, entry + append.streams.length);
    entry += append.streams.length;
    if (outcome === 0) {
      const streams = append.streams.map((stream, at): AppendedStream => {
        position += stream.events.length;
        return { streamId: stream.streamId, version: versions[at]!, position };
      });
      return { outcome: 'appended', streams };
    }
    if (outcome < 0) return conflict(append.streams[-outcome - 1]!, versions[-outcome - 1]!);
    if (outcome === KNOWN_COMMAND) return { outcome: 'known_command' };
    if (outcome === KEY_REUSED) return { outcome: 'key_reused' };
    if (outcome === KNOWN_EVENTS) return { outcome: 'known_events' };
    if (outcome === EVENTS_PARTLY_KNOWN) return { outcome: 'events_partly_known' };
    throw new EventStoreError('unavailable', `the store gave the outcome ${outcome}, which this version does not know`);
  });
}

/** Position of the last event that was appended; 0 when none was. */
export const lastOf = (answers: readonly AppendAnswer[]): number =>
  answers.reduce(
    (last, answer) => (answer.outcome === 'appended' ? Math.max(last, answer.streams.at(-1)?.position ?? 0) : last),
    0,
  );

function conflict(stream: AdmittedStream, actual: number): AppendAnswer {
  return { outcome: 'conflict', streamId: stream.streamId, expected: stream.expectedVersion, actual };
}
