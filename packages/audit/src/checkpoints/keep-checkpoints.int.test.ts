import { eventually } from '@vienuviet/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuditBed, auditBed, service, write } from '../tests/audit-bed.ts';
import { keepCheckpoints } from './keep-checkpoints.ts';
import type { Due } from './sign.ts';

let bed: AuditBed;
beforeEach(async () => {
  bed = await auditBed();
});
afterEach(() => bed.close());

const keeper = (due: Due, looksEveryMs = 20) => {
  const { pool, store, key, log } = bed;
  const recorder = bed.recorder();
  const checkpoints = keepCheckpoints({ service, pool, store, key, log, due, looksEveryMs });
  recorder.onWritten(checkpoints.written);
  return { recorder, checkpoints, close: () => Promise.all([checkpoints.stop(), recorder.close()]) };
};
const signed = (count: number) =>
  eventually(`${count} checkpoints`, async () => {
    const copies = await bed.copies();
    return copies.length >= count ? copies : undefined;
  });

test('a checkpoint is signed when its time has come, over the chains of all writers, and published', async () => {
  const [one, two] = [keeper({ afterMs: 300, afterRecords: 1_000 }), keeper({ afterMs: 300, afterRecords: 1_000 })];
  await write(one.recorder, 3);
  const [first] = await signed(1);
  expect(first).toMatchObject({ service, number: 1, previous: '0'.repeat(64), closing: null });
  await write(two.recorder, 2);
  const [, second] = await signed(2);
  expect(second!.previous).toBe(first!.hash);
  expect(second!.signedAt - first!.signedAt).toBeGreaterThanOrEqual(300);
  expect(second!.chains.map(({ sequence }) => sequence).sort()).toEqual([2, 3]);
  await Promise.all([one.close(), two.close()]);
  expect(await bed.verify({ checkpointsElsewhere: await bed.copies() })).toMatchObject({
    ...{ fault: undefined, checkpoints: 2, copies: 2, unsigned: 0 },
  });
});

test('a thousand records do not wait for the minute', async () => {
  const { recorder, close } = keeper({ afterMs: 3_600_000, afterRecords: 1_000 }, 3_600_000);
  // The first one is always late by an hour and more.
  await write(recorder, 1_000);
  await signed(1);
  await write(recorder, 999);
  expect(await bed.copies()).toHaveLength(1);
  await write(recorder, 1);
  expect((await signed(2)).at(-1)!.chains[0]!.sequence).toBe(2_000);
  await close();
});

test('nothing is signed twice, and what a process left unsigned is signed by the next', async () => {
  const recorder = bed.recorder();
  await write(recorder, 5);
  await recorder.close();
  const due = { afterMs: 0, afterRecords: 1 };
  const keepers = [keeper(due), keeper(due), keeper(due)];
  await signed(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bed.copies()).toHaveLength(1);
  await Promise.all(keepers.map(({ close }) => close()));
});

test('while it cannot be signed it says so once, and goes on when it can', async () => {
  await bed.tamper('alter table audit.checkpoints rename to kept');
  const { recorder, close } = keeper({ afterMs: 0, afterRecords: 1 });
  await write(recorder, 1);
  const told = (event: string) => bed.lines.filter((line) => line.includes(event)).length;
  await eventually('the complaint', async () => (told('audit_unsigned') > 0 ? true : undefined));
  await bed.tamper('alter table audit.kept rename to checkpoints');
  await signed(1);
  await eventually('the relief', async () => (told('audit_signed') > 0 ? true : undefined));
  expect(told('audit_unsigned')).toBe(1);
  await close();
});
