import { randomUUID } from 'node:crypto';
import { accessKinds } from '@vienuviet/http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditBed, auditBed } from '../tests/audit-bed.ts';
import { lookWords, readLooks } from './own-view.ts';

let bed: AuditBed;
beforeAll(async () => {
  bed = await auditBed();
});
afterAll(() => bed.close());

/** A record of a person, as if it had been sealed. */
const put = (subjectId: string, kind: string, code: string) =>
  bed.tamper(
    `insert into audit.records (chain_id, sequence, recorded_at, record_id, at, kind, code, actor_id, role, purpose, method,
                                route, request_id, about, person_ref, previous, hash)
     values (gen_random_uuid(), 1, now(), gen_random_uuid(), now(), $1, $2, 'clerk.cesis.1', 'clerk', 'consultation', 'GET',
             '/v1/cases/:caseId', gen_random_uuid(), 'case-1', $3, '', '')`,
    [kind, code, bed.persons.referenceOf(subjectId)],
  );

test('a person sees the looks at them, under each id that stood for them, and nothing else', async () => {
  const [own, merged, other] = [randomUUID(), randomUUID(), randomUUID()];
  for (const kind of accessKinds) await put(own, kind, 'read');
  await put(merged, 'searched', 'client_found');
  await put(other, 'read', 'read');
  const looks = await readLooks(bed.pool, bed.persons, [own, merged], { take: 10 });
  expect(looks.map(({ code }) => code).sort()).toEqual(['client_found', 'read', 'read']);
  expect(looks[0]).toMatchObject({ actorId: 'clerk.cesis.1', role: 'clerk', purpose: 'consultation', about: 'case-1' });
  const [first, ...rest] = looks;
  const behind = await readLooks(bed.pool, bed.persons, [own, merged], { take: 10, behind: first!.place });
  expect(behind).toEqual(rest);
});

test.each([
  [{ role: 'clerk', code: 'read', purpose: 'consultation' }, 'A clerk read your case, to advise you.'],
  [
    { role: 'auditor', code: 'client_read', purpose: 'audit' },
    'An auditor read your data, to check how data are handled.',
  ],
  [
    { role: 'supervisor', code: 'client_found', purpose: null },
    'A supervisor of clerks searched for a person and found you, for no stated purpose.',
  ],
  [
    { role: null, code: 'later', purpose: null },
    'Somebody in no stated role read something about you, for no stated purpose.',
  ],
] as const)('a look is told in plain words: %o', (look, words) => {
  expect(lookWords(look, 'en')).toBe(words);
});

test('and in Latvian', () => {
  expect(lookWords({ role: 'clerk', code: 'read', purpose: 'service_provision' }, 'lv')).toBe(
    'Klientu apkalpošanas speciālists skatīja jūsu lietu, lai sniegtu jums pakalpojumu.',
  );
});
