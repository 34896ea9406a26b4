/** A million records are verified a page at a time: memory does not grow with them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainWriter } from '../records/chain-writer.ts';
import type { RecordContent } from '../records/record.ts';
import { type AuditBed, auditBed } from '../tests/audit-bed.ts';

const RECORDS = 1_000_000;
const TOGETHER = 5_000;
const SIGNED_EVERY = 20_000;
const MB = 2 ** 20;

let bed: AuditBed;
beforeAll(async () => {
  bed = await auditBed();
  const chains = [chainWriter(bed.pool), chainWriter(bed.pool)];
  for (let written = 0; written < RECORDS; written += TOGETHER) {
    await chains[(written / TOGETHER) % 2]!.append(Array.from({ length: TOGETHER }, record));
    if ((written + TOGETHER) % SIGNED_EVERY === 0) await bed.sign();
  }
});
afterAll(() => bed.close());

const requestId = randomUUID();
const record = (): RecordContent => ({
  ...{ recordId: randomUUID(), at: new Date(), kind: 'read', code: 'read', actorId: 'clerk.cesis.1', role: 'clerk' },
  ...{ purpose: 'consultation', method: 'GET', route: '/v1/cases/:caseId', requestId, about: 'case-1' },
  ...{ personRef: Buffer.alloc(32, 1), personSealed: Buffer.alloc(109, 2) },
});

test('a million records are verified within bounds of memory', async () => {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = 0;
  const result = await bed.verify({
    pageSize: 1_000,
    checkpointsElsewhere: await bed.copies(),
    onProgress: () => {
      most = Math.max(most, process.memoryUsage().rss - before);
    },
  });
  expect(result).toMatchObject({ fault: undefined, records: RECORDS, checkpoints: RECORDS / SIGNED_EVERY });
  expect(most).toBeLessThan(300 * MB);
});
