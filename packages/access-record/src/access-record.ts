import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';
import type { AccessEntry, AccessRecorder } from '@vienuviet/http';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';

/** The table of entries, for `migrate`. */
export const accessRecordMigrations: MigrationSet = {
  name: 'access-record',
  folder: join(import.meta.dirname, '..', 'sql'),
};

export interface AccessRecordOptions {
  readonly pool: pg.Pool;
  readonly log: Log;
  /** Milliseconds that entries wait for others; default 100. */
  readonly gatherMs?: number;
  /** Entries that may wait while the database is away; default 10 000. Beyond it the newest are counted and dropped. */
  readonly mostWaiting?: number;
}

export interface AccessRecord extends AccessRecorder {
  /** Writes what waits. */
  close(): Promise<void>;
}

const ADD = `
  insert into access_record.entries (at, kind, code, actor_id, method, route, request_id)
  select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])`;

const RETRY_MS = 1_000;

/** Keeps the record of access in the service's database. Nobody waits for it, and an outage loses nothing up to a bound. */
export function createAccessRecord(options: AccessRecordOptions): AccessRecord {
  const { pool, log, gatherMs = 100, mostWaiting = 10_000 } = options;
  let waiting: AccessEntry[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let away = false;

  const write = async (): Promise<void> => {
    const entries = waiting.slice(0, 1_000);
    if (entries.length === 0) return;
    const column = <Name extends keyof AccessEntry>(name: Name) => entries.map((entry) => entry[name] ?? null);
    await pool.query({
      ...{ name: 'access_record_add', text: ADD },
      values: [
        ...[column('at'), column('kind'), column('code'), column('actorId')],
        ...[column('method'), column('route'), column('requestId')],
      ],
    });
    waiting = waiting.slice(entries.length);
    if (away) log.info({ event: 'access_recorded' }, 'the record of access is written again');
    away = false;
    await write();
  };

  const flush = (): void => {
    timer = undefined;
    writing = writing.then(write).catch((error: unknown) => {
      if (!away)
        log.error({ err: error, event: 'access_record_away' }, 'the record of access cannot be written; it waits');
      away = true;
      timer ??= setTimeout(flush, RETRY_MS);
    });
  };

  return {
    note(entry) {
      if (waiting.length >= mostWaiting) {
        if (dropped++ === 0) log.error({ event: 'access_record_full' }, 'entries of the record of access are lost');
        return;
      }
      waiting.push(entry);
      timer ??= setTimeout(flush, gatherMs);
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await write().catch((error: unknown) =>
        log.error({ err: error, entries: waiting.length }, 'entries of the record of access are lost'),
      );
      if (dropped > 0) log.error({ entries: dropped }, 'entries of the record of access were lost');
    },
  };
}
