import type { AccessRecorder } from '@vienuviet/http';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';
import { AuditError } from '../errors.ts';
import { type AdmittedEntry, admitEntry } from './admit.ts';
import { chainWriter } from './chain-writer.ts';
import type { Persons } from './persons.ts';
import type { RecordContent } from './record.ts';

export interface RecorderSettings {
  /** Sessions of the audit's own: a record does not wait behind what is read meanwhile. */
  readonly pool: pg.Pool;
  readonly persons: Persons;
  readonly log: Log;
  /** Milliseconds that a note waits for others; default 100. */
  readonly gatherMs?: number;
  /** Entries that may wait; default 10 000. Beyond it notes are counted and dropped, and readings are refused. */
  readonly mostWaiting?: number;
  /** Milliseconds after which what is not durable is refused; default 5 000. */
  readonly patienceMs?: number;
}

export interface Recorder extends AccessRecorder {
  /** Told how many records became durable. */
  onWritten(listener: (records: number) => void): void;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** A reading whose answer waits for its record. */
interface Reader {
  readonly entry: AdmittedEntry;
  settle(error?: AuditError): void;
}

const MOST_TOGETHER = 500;
const RETRY_MS = 1_000;

/**
 * Writes records to one chain, those that come while one write is running together in the next: many wait for one
 * commit. Two ways in:
 *
 * - a note waits up to `gatherMs` for others, and for the database as long as it is away;
 * - a reading is written at once and waited for; when that fails it is refused and forgotten, and the notes written
 *   with it wait for the next attempt.
 */
export function createRecorder(settings: RecorderSettings): Recorder {
  const { pool, persons, log, gatherMs = 100, mostWaiting = 10_000, patienceMs = 5_000 } = settings;
  const listeners: ((records: number) => void)[] = [];
  const chain = chainWriter(pool);
  let readers: Reader[] = [];
  let notes: AdmittedEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let away = false;
  let lost = 0;

  const later = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      start();
    }, ms);
  };
  const start = (): void => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (readers.length > 0) start();
      else if (notes.length > 0) later(away ? RETRY_MS : gatherMs);
    });
  };

  /** Until nothing waits, or something fails. */
  async function writeAll(): Promise<void> {
    while (readers.length + notes.length > 0) {
      const read = readers.splice(0, MOST_TOGETHER);
      const noted = notes.splice(0, MOST_TOGETHER - read.length);
      const cause = await write(read, noted).catch((error: unknown) => {
        for (const { settle } of read) settle(new AuditError('unavailable', 'it cannot be recorded', { cause: error }));
        notes = [...noted, ...notes];
        return error;
      });
      if (cause === undefined && away) log.info({ event: 'audit_recorded' }, 'the audit is written again');
      if (cause !== undefined && !away) log.error({ err: cause, event: 'audit_away' }, 'the audit waits');
      away = cause !== undefined;
      if (away) return;
    }
  }

  /** Answers why some notes have to wait: the keys of their persons are away. */
  async function write(read: readonly Reader[], noted: readonly AdmittedEntry[]): Promise<unknown> {
    const records: RecordContent[] = [];
    const sealed: Reader[] = [];
    const left: AdmittedEntry[] = [];
    let cause: unknown;
    for (const reader of read) {
      try {
        records.push(await withPerson(reader.entry, persons));
        sealed.push(reader);
      } catch (error) {
        reader.settle(new AuditError('unavailable', 'the person cannot be sealed', { cause: error }));
      }
    }
    for (const entry of noted) {
      try {
        records.push(await withPerson(entry, persons));
      } catch (error) {
        if (error instanceof AuditError) lose(error);
        else {
          left.push(entry);
          cause = error;
        }
      }
    }
    await chain.append(records);
    notes = [...left, ...notes];
    for (const { settle } of sealed) settle();
    for (const listener of listeners) listener(records.length);
    return cause;
  }

  function lose(error: AuditError): void {
    if (lost++ === 0) log.error({ err: error, event: 'audit_lost' }, 'entries of the audit are lost');
  }

  return {
    note(entry) {
      try {
        if (notes.length >= mostWaiting) throw new AuditError('full', 'too much waits to be recorded');
        notes.push(admitEntry(entry));
      } catch (error) {
        lose(error as AuditError);
        return;
      }
      if (writing === undefined) later(away ? RETRY_MS : gatherMs);
    },
    async recorded(entry) {
      if (readers.length >= mostWaiting) throw new AuditError('full', 'too much waits to be recorded');
      const admitted = admitEntry(entry);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          readers = readers.filter((one) => one !== reader);
          reject(new AuditError('unavailable', `it was not recorded within ${patienceMs} ms`));
        }, patienceMs);
        const reader: Reader = {
          entry: admitted,
          settle: (error) => {
            clearTimeout(late);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        readers.push(reader);
        start();
      });
    },
    onWritten: (listener) => void listeners.push(listener),
    async close() {
      clearTimeout(timer);
      await writing;
      clearTimeout(timer);
      await writeAll();
      lost += notes.length;
      if (lost > 0) log.error({ entries: lost, event: 'audit_lost' }, 'entries of the audit were lost');
    },
  };
}

async function withPerson({ subjectId, ...entry }: AdmittedEntry, persons: Persons): Promise<RecordContent> {
  if (subjectId === null) return { ...entry, personRef: null, personSealed: null };
  return { ...entry, ...(await persons.onRecord(subjectId, entry.recordId, entry.at)) };
}
