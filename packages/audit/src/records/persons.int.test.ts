import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPrivacy, type Privacy, subjectKeyMigrations, withNewKey, withoutOldKeys } from '@vienuviet/privacy';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditBed, auditBed, entry, indexKey } from '../tests/audit-bed.ts';
import { type Persons, personsOnRecord, retentionKeyId } from './persons.ts';
import { type AuditRecord, recordColumns } from './record.ts';

let bed: AuditBed;
let keyDatabase: TestDatabase;
let privacy: Privacy;
let persons: Persons;
const folder = mkdtempSync(join(tmpdir(), 'audit-keys-'));
const wrappingKeysFile = join(folder, 'keys.json');
beforeAll(async () => {
  bed = await auditBed();
  keyDatabase = await testDatabase({ service: 'audit-keys', sets: [subjectKeyMigrations] });
  writeFileSync(wrappingKeysFile, withNewKey(undefined, 'one'));
  privacy = await openPrivacy({ url: keyDatabase.writerUrl, wrappingKeysFile, name: 'test' });
  persons = personsOnRecord(indexKey, privacy.keys);
});
afterAll(async () => {
  await privacy.close();
  await keyDatabase.drop();
  await bed.close();
  rmSync(folder, { recursive: true });
});

async function readingOf(subjectId: string, at = new Date()): Promise<AuditRecord> {
  const recorder = bed.recorder({ persons });
  const reading = entry({ kind: 'read', at, subjectId });
  await recorder.recorded(reading);
  await recorder.close();
  const sql = `select ${recordColumns} from audit.records where request_id = $1`;
  return (await bed.owner.query<AuditRecord>(sql, [reading.requestId])).rows[0]!;
}

test('a person stands in a record sealed, and is found by a keyed hash', async () => {
  const subjectId = randomUUID();
  const [first, second, other] = [
    await readingOf(subjectId),
    await readingOf(subjectId),
    await readingOf(randomUUID()),
  ];
  expect(await persons.open([first, second])).toEqual([subjectId, subjectId]);
  const found = await bed.owner.query('select record_id from audit.records where person_ref = $1', [
    persons.referenceOf(subjectId),
  ]);
  expect(found.rows).toHaveLength(2);
  expect(first.personSealed!.equals(second.personSealed!)).toBe(false);
  expect(first.personRef!.equals(other.personRef!)).toBe(false);
  const { rows } = await bed.owner.query('select records::text as text from audit.records');
  const bytes = Buffer.from(subjectId.replaceAll('-', ''), 'hex').toString('hex');
  for (const { text } of rows)
    for (const clear of [subjectId, bytes, Buffer.from(subjectId).toString('hex')]) expect(text).not.toContain(clear);
});

test('the erasure of the person leaves records alone; the end of their month does not', async () => {
  const subjectId = randomUUID();
  const [old, young] = [await readingOf(subjectId, new Date('2024-01-31T23:59:59Z')), await readingOf(subjectId)];
  await privacy.keys.ensure([subjectId]);
  await privacy.keys.erase(subjectId);
  expect(await persons.open([old, young])).toEqual([subjectId, subjectId]);
  await privacy.keys.erase(retentionKeyId(new Date('2024-01-01')));
  expect(await persons.open([old, young])).toEqual([null, subjectId]);
});

test('a change of the wrapping key goes over the keys of months, too', async () => {
  const subjectId = randomUUID();
  const record = await readingOf(subjectId);
  writeFileSync(wrappingKeysFile, withNewKey(readFileSync(wrappingKeysFile, 'utf8'), 'two'));
  while ((await privacy.wrapAnew(100)) > 0);
  expect(Object.keys((await privacy.wrapping()).keys)).toEqual(['two']);
  writeFileSync(wrappingKeysFile, withoutOldKeys(readFileSync(wrappingKeysFile, 'utf8')));
  const fresh = await openPrivacy({ url: keyDatabase.writerUrl, wrappingKeysFile, name: 'fresh' });
  expect(await personsOnRecord(indexKey, fresh.keys).open([record])).toEqual([subjectId]);
  await fresh.close();
});

test('a person cannot be moved to another record', async () => {
  const [mine, other] = [await readingOf(randomUUID()), await readingOf(randomUUID())];
  await expect(persons.open([{ ...mine, personSealed: other.personSealed }])).rejects.toMatchObject({
    code: 'envelope',
  });
});

test('while the key database is away, readings of persons are refused, others are not, and notes wait', async () => {
  const away = Object.assign(new Error('away'), { code: 'keys_unavailable' });
  let isAway = true;
  const keys = {
    find: privacy.keys.find,
    ensure: (ids: readonly string[]) => (isAway ? Promise.reject(away) : privacy.keys.ensure(ids)),
  };
  const recorder = bed.recorder({ persons: personsOnRecord(indexKey, keys) });
  const noted = entry({ kind: 'refused', subjectId: randomUUID() });
  recorder.note(noted);
  await expect(recorder.recorded(entry({ subjectId: randomUUID() }))).rejects.toMatchObject({ code: 'unavailable' });
  await recorder.recorded(entry());
  isAway = false;
  await recorder.recorded(entry({ subjectId: randomUUID() }));
  isAway = true;
  // The key of the month is at hand from now on.
  await recorder.recorded(entry({ subjectId: randomUUID() }));
  await recorder.close();
  const found = await bed.owner.query('select 1 from audit.records where request_id = $1', [noted.requestId]);
  expect(found.rows).toHaveLength(1);
});
