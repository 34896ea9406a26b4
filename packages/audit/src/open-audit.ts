import type { KeyObject } from 'node:crypto';
import { createPool } from '@vienuviet/database';
import type { EventStore } from '@vienuviet/event-store';
import type { AccessRecorder } from '@vienuviet/http';
import type { SubjectKeys } from '@vienuviet/privacy';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';
import { type Checkpoints, keepCheckpoints } from './checkpoints/keep-checkpoints.ts';
import type { SigningKey } from './checkpoints/signing-key.ts';
import { type Persons, personsOnRecord } from './records/persons.ts';
import { createRecorder } from './records/recorder.ts';
import { keepMonths } from './retention/keep-months.ts';

export interface AuditSettings {
  /** Name of the service. */
  readonly service: string;
  /** Of the service's database, as its own role. */
  readonly writerUrl: string;
  /** As its owner: drops the months whose time is over. */
  readonly ownerUrl: string;
  readonly signingKey: SigningKey;
  /** By which the records of a person are found. */
  readonly indexKey: KeyObject;
  /** Of a service that keeps personal data: the keys of the months lie among those of persons. */
  readonly keys?: SubjectKeys | undefined;
  readonly log: Log;
}

/** The audit of one service. */
export interface Audit extends AccessRecorder {
  /** Sessions of the audit's own. */
  readonly pool: pg.Pool;
  readonly persons: Persons;
  /** Signs checkpoints and lets go of old months from now on; stopped by `stopKeeping`. */
  keep(store: EventStore): void;
  stopKeeping(): Promise<void>;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Opens the audit of a service whose migrations have run. Records can be written at once. */
export function openAudit(settings: AuditSettings): Audit {
  const { service, log } = settings;
  const pool = createPool({ url: settings.writerUrl, name: `${service} audit`, max: 3 });
  const persons = personsOnRecord(settings.indexKey, settings.keys);
  const recorder = createRecorder({ pool, persons, log });
  let checkpoints: Checkpoints | undefined;
  let months: { stop(): Promise<void> } | undefined;
  return {
    pool,
    persons,
    note: recorder.note,
    recorded: recorder.recorded,
    keep(store) {
      const signer = { service, pool, store, key: settings.signingKey };
      checkpoints = keepCheckpoints({ ...signer, log });
      recorder.onWritten(checkpoints.written);
      months = keepMonths({ ...signer, log, persons, ownerUrl: settings.ownerUrl, keys: settings.keys });
    },
    async stopKeeping() {
      await Promise.all([checkpoints?.stop(), months?.stop()]);
    },
    async close() {
      await recorder.close();
      await pool.end();
    },
  };
}
