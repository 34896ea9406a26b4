import { createSecretKey, randomUUID } from 'node:crypto';
import { createEventStore, type EventStore, eventStoreMigrations } from '@vienuviet/event-store';
import type { AccessEntry } from '@vienuviet/http';
import { codec, type EventMap } from '@vienuviet/schemas';
import { createLog, type Log } from '@vienuviet/telemetry';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import pg from 'pg';
import type { SignedCheckpoint } from '../checkpoints/checkpoint.ts';
import { checkpointOf } from '../checkpoints/checkpoint-rows.ts';
import { checkpointStream, type Signing, signIfDue } from '../checkpoints/sign.ts';
import { derivedSigningKey, readSigningKey, type SigningKey } from '../checkpoints/signing-key.ts';
import { auditMigrations } from '../migrations.ts';
import { type Persons, personsOnRecord } from '../records/persons.ts';
import { createRecorder, type Recorder, type RecorderSettings } from '../records/recorder.ts';
import { type Verification, type VerificationResult, verifyAudit } from '../verify/verify-audit.ts';

export const service = 'audit-test';
export const indexKey = createSecretKey(Buffer.alloc(32, 7));

/** A service's database with an event store and the audit. */
export interface AuditBed {
  readonly database: TestDatabase;
  /** As the service. */
  readonly pool: pg.Pool;
  readonly owner: pg.Pool;
  readonly store: EventStore;
  readonly key: SigningKey;
  readonly persons: Persons;
  readonly log: Log;
  /** Lines logged. */
  readonly lines: string[];
  recorder(settings?: Partial<RecorderSettings>): Recorder;
  /** Signs now, whatever is due. */
  sign(): Promise<Signing>;
  /** The copies that were published. */
  copies(): Promise<SignedCheckpoint[]>;
  verify(verification?: Partial<Verification>): Promise<VerificationResult>;
  /** Does what only somebody can who may switch triggers off. */
  tamper(sql: string, values?: unknown[]): Promise<void>;
  close(): Promise<void>;
}

export async function auditBed(): Promise<AuditBed> {
  const database = await testDatabase({ service, sets: [eventStoreMigrations, auditMigrations] });
  const pool = database.pool('writer');
  const owner = database.pool('owner');
  const store = await createEventStore({ pool, codec });
  const key = readSigningKey(derivedSigningKey('a secret of tests', service));
  const persons = personsOnRecord(indexKey);
  const lines: string[] = [];
  const log = createLog({ service, destination: { write: (line) => lines.push(line) } });
  const sign = () => signIfDue({ service, pool, store, key }, { afterMs: 0, afterRecords: 1 });
  const copies = async () =>
    (await store.readStream(checkpointStream(service))).map(({ data }) =>
      checkpointOf(data as EventMap['audit.CheckpointSigned']),
    );
  return {
    ...{ database, pool, owner, store, key, persons, log, lines, sign, copies },
    recorder: (settings) => createRecorder({ pool, persons, log, gatherMs: 5, ...settings }),
    verify: (verification) => verifyAudit(pool, { service, publicKeys: [key.publicKey], pageSize: 7, ...verification }),
    async tamper(sql, values) {
      const admin = new pg.Client({ connectionString: database.adminUrl });
      await admin.connect();
      try {
        await admin.query('set session_replication_role = replica');
        await admin.query(sql, values);
      } finally {
        await admin.end();
      }
    },
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

export const entry = (change: Partial<AccessEntry> = {}): AccessEntry => ({
  ...{ at: new Date(), kind: 'refused', code: 'role_missing', actorId: 'clerk.cesis.1' },
  ...{ method: 'GET', route: '/v1/cases/:caseId', requestId: randomUUID() },
  ...change,
});

/** Writes so many records and waits for them. */
export async function write(recorder: Recorder, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => recorder.recorded(entry({ kind: 'read', code: 'read' }))));
}
