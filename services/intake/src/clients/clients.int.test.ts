import { randomUUID } from 'node:crypto';
import { withClient } from '@vienuviet/database';
import { inventedPersonalCode, inventedRegistrationNumber } from '@vienuviet/identifiers/invented';
import { testInfrastructure } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, type Person, startIntake } from '../test-support/intake-test.ts';

let it: IntakeTest;
beforeAll(async () => {
  it = await startIntake();
});
afterAll(() => it.close());

const purpose = { headers: { purpose: 'service_provision' } };
let nth = 0;
const freshCode = (form: 'old' | 'new' = 'old'): string => inventedPersonalCode('clients', ++nth, form).reveal();

const anna = (more: object = {}) => ({
  ...{ kind: 'natural', name: 'Anna Bērziņa-Žagare', language: 'lv', personalCode: freshCode() },
  ...more,
});
const register = async (body: object = anna(), who: Person = 'clerk.cesis.1') => {
  const { status, body: answer } = await it.post(who, '/v1/clients', body);
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(answer)}`);
  return answer.subjectId as string;
};
const search = (body: object, who: Person = 'clerk.cesis.2') => it.post(who, '/v1/clients/search', body, purpose);
const read = (subjectId: string, who: Person = 'clerk.cesis.1') => it.get(who, `/v1/clients/${subjectId}`, purpose);

/** As the administrator of the test server. */
const withAdmin = (work: (run: (sql: string) => Promise<unknown>) => Promise<unknown>) =>
  withClient({ connectionString: testInfrastructure().postgresUrl }, (client) => work((sql) => client.query(sql)));

describe('a client', () => {
  test('is registered with all that is known, and read by who works on a case of theirs', async () => {
    const personalCode = freshCode('new');
    const all = {
      ...anna({ personalCode, phone: '2000 0001', email: 'Anna@Example.LV' }),
      ...{ eAddress: '_DEFAULT@90000000000', postalAddress: 'Parauga iela 1-2, Cēsis' },
    };
    const subjectId = await register(all);
    expect((await read(subjectId)).body).toEqual({
      subjectId,
      kind: 'natural',
      name: 'Anna Bērziņa-Žagare',
      personalCode,
      codeConfirmed: false,
      registrationNumber: null,
      phone: '+37120000001',
      email: 'Anna@Example.LV',
      eAddress: '_DEFAULT@90000000000',
      postalAddress: 'Parauga iela 1-2, Cēsis',
      language: 'lv',
    });
    for (const [who, before] of [
      ['clerk.valka.1', 404],
      ['specialist.vsaa', 404],
      ['auditor', 403],
    ] as const) {
      expect((await read(subjectId, who)).status).toBe(before);
    }
    const { caseId, stream, version } = await it.register({ subjectId, centreId: centres.valka }, 'clerk.valka.1');
    await it.get('clerk.valka.1', `/v1/work-queue?view=centre&after=${stream}@${version}`);
    expect((await read(subjectId, 'clerk.valka.1')).body.name).toBe('Anna Bērziņa-Žagare');
    expect((await read(subjectId, 'specialist.vsaa')).body.subjectId).toBe(subjectId);
    expect((await read(subjectId, 'specialist.vid')).status).toBe(404);
    expect((await it.get('clerk.cesis.1', `/v1/clients/${subjectId}`)).body.code).toBe('purpose_missing');
    expect(caseId).not.toBe(subjectId);
  });

  test('is found by what is theirs, in any spelling, and by exactly one thing', async () => {
    const personalCode = freshCode();
    const subjectId = await register(anna({ personalCode, phone: '+371 2000-0002', email: 'a.b@example.lv' }));
    const dashed = `${personalCode.slice(0, 6)}-${personalCode.slice(6)}`;
    for (const body of [{ personalCode: ` ${dashed} ` }, { phone: '20000002' }, { email: 'A.B@example.lv' }]) {
      expect((await search(body, 'clerk.valka.1')).body).toEqual({
        items: [{ subjectId, kind: 'natural', name: 'Anna Bērziņa-Žagare', language: 'lv' }],
      });
    }
    expect((await search({ personalCode: freshCode() })).body).toEqual({ items: [] });
    for (const body of [{}, { personalCode, phone: '20000002' }]) expect((await search(body)).status).toBe(400);
    expect((await search({ personalCode: '161375-19997' })).body).toMatchObject({
      ...{ code: 'personal_code_refused', reason: 'impossible_date' },
    });
    expect((await it.post('clerk.cesis.2', '/v1/clients/search', { personalCode })).body.code).toBe('purpose_missing');
  });

  test('of a code is registered once, also by two clerks at the same moment', async () => {
    const personalCode = freshCode();
    const answers = await Promise.all(
      (['clerk.cesis.1', 'clerk.cesis.2', 'clerk.valka.1'] as const).map((who) =>
        it.post(who, '/v1/clients', anna({ personalCode, name: who })),
      ),
    );
    const [first, ...others] = answers.toSorted((one, other) => one.status - other.status);
    expect(first!.status).toBe(201);
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, body: { code: 'client_exists', subjectId: first!.body.subjectId } });
    }
  });

  test('is registered once for its key', async () => {
    const [key, body] = [randomUUID(), anna()];
    const first = await it.post('clerk.cesis.1', '/v1/clients', body, { key });
    const second = await it.post('clerk.cesis.1', '/v1/clients', body, { key });
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await it.post('clerk.cesis.1', '/v1/clients', anna(), { key })).body.code).toBe('idempotency_key_reused');
  });

  test('is changed in what is given, also in the code, and found by that alone', async () => {
    const [old, fresh] = [freshCode(), freshCode('new')];
    const subjectId = await register(anna({ personalCode: old, phone: '20000003' }));
    const path = `/v1/clients/${subjectId}/change`;
    const changed = await it.post('clerk.cesis.1', path, { personalCode: fresh, phone: null, name: 'Anna Ozola' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    expect((await read(subjectId)).body).toMatchObject({ name: 'Anna Ozola', personalCode: fresh, phone: null });
    const found = async (body: object) => (await search(body)).body.items.length;
    expect([await found({ personalCode: old }), await found({ personalCode: fresh })]).toEqual([0, 1]);
    expect(await found({ phone: '20000003' })).toBe(0);
    expect((await it.post('clerk.cesis.1', path, { name: 'Anna Ozola' })).body.version).toBe(2);
    expect((await it.post('clerk.valka.1', path, { name: 'Somebody' })).status).toBe(404);
  });

  test('that turns out to be two records is found under one, and that can be undone', async () => {
    const [one, other] = [freshCode(), freshCode()];
    const [gone, stays] = [await register(anna({ personalCode: one })), await register(anna({ personalCode: other }))];
    const merging = { intoSubjectId: stays, reason: 'code_changed' };
    expect((await it.post('clerk.cesis.1', `/v1/clients/${gone}/merge`, merging)).status).toBe(200);
    for (const code of [one, other]) {
      expect((await search({ personalCode: code })).body.items).toMatchObject([{ subjectId: stays }]);
    }
    expect((await read(gone)).body.subjectId).toBe(stays);
    expect((await it.post('clerk.cesis.1', `/v1/clients/${gone}/merge`, merging)).body.code).toBe('client_merged');
    expect((await it.post('clerk.cesis.1', `/v1/clients/${gone}/undo-merge`)).status).toBe(200);
    expect((await search({ personalCode: one })).body.items).toMatchObject([{ subjectId: gone }]);
    expect((await it.post('clerk.cesis.1', `/v1/clients/${gone}/undo-merge`)).body.code).toBe('client_not_merged');
  });

  test('may be a legal person, for whom a natural one acts', async () => {
    const registrationNumber = inventedRegistrationNumber('clients', 1);
    const firm = await register({ kind: 'legal', name: 'SIA "Paraugs"', language: 'lv', registrationNumber });
    const person = await register();
    const path = `/v1/clients/${firm}/representatives`;
    const named = { representativeId: person, ground: 'board_member' };
    expect((await it.post('clerk.cesis.1', path, named)).body.version).toBe(2);
    expect((await it.post('clerk.cesis.1', path, named)).body.version).toBe(2);
    expect((await it.post('clerk.cesis.1', path, { ...named, representativeId: firm })).body.code).toBe('client_same');
    expect((await it.post('clerk.cesis.1', `${path}/${person}/end`)).body.version).toBe(3);
    expect((await it.post('clerk.cesis.1', `${path}/${person}/end`)).body.code).toBe('representative_unknown');
    expect((await search({ registrationNumber })).body.items).toMatchObject([{ kind: 'legal' }]);
  });
});

describe('a case', () => {
  const ofCase = (who: Person, caseId: string, purpose = 'service_provision') =>
    it.get(who, `/v1/cases/${caseId}`, { headers: { purpose } });

  test('shows its client to who works on it, and to nobody else', async () => {
    const subjectId = await register(anna(), 'clerk.cesis.2');
    const { caseId } = await it.register({ subjectId });
    for (const who of ['clerk.cesis.1', 'supervisor.cesis', 'specialist.vsaa', 'system.vsaa'] as const) {
      expect((await ofCase(who, caseId)).body).toMatchObject({ clientIs: 'shown', client: { subjectId } });
    }
    expect((await ofCase('auditor', caseId)).body).toMatchObject({ clientIs: 'not_for_you', client: null });
    const operating = await ofCase('clerk.cesis.1', caseId, 'operations');
    expect(operating.body).toMatchObject({ clientIs: 'not_for_you', client: null });
    const queue = await it.get('clerk.cesis.1', '/v1/work-queue?view=centre');
    expect(JSON.stringify(queue.body)).not.toContain('Anna');
    const unregistered = await it.register();
    expect((await ofCase('clerk.cesis.1', unregistered.caseId)).body.clientIs).toBe('not_registered');
  });

  test('of an erased client shows that there is none any more', async () => {
    const subjectId = await register(anna(), 'clerk.cesis.2');
    const { caseId } = await it.register({ subjectId });
    await it.host.service.context.privacy.keys.erase(subjectId);
    expect((await ofCase('clerk.cesis.1', caseId)).body).toMatchObject({ clientIs: 'erased', client: null });
    expect((await read(subjectId)).status).toBe(404);
  });

  test('is read while the keys are away, and what is sealed waits', async () => {
    const [code, phone] = [freshCode(), '20000009'];
    const subjectId = await register(anna({ personalCode: code }), 'clerk.cesis.2');
    const { caseId } = await it.register({ subjectId });
    it.host.service.context.privacy.keys.forget(subjectId);
    const admin = it.host.keyDatabase!;
    await withAdmin(async (run) => {
      await run(`alter database ${admin.name} allow_connections false`);
      await run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${admin.name}'`);
    });
    expect((await ofCase('clerk.cesis.1', caseId)).body).toMatchObject({ clientIs: 'unavailable', client: null });
    const refused = await it.post('clerk.valka.1', '/v1/clients', anna({ phone }));
    expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    await withAdmin((run) => run(`alter database ${admin.name} allow_connections true`));
    expect((await ofCase('clerk.cesis.1', caseId)).body.clientIs).toBe('shown');
    await register(anna({ phone }), 'clerk.valka.1');
  });
});

describe('a person', () => {
  const looks = async (subjectId: string, query = '') => {
    const path = `/v1/clients/${subjectId}/looks${query}`;
    return it.get('auditor', path, { headers: { purpose: 'audit' } });
  };

  test('is told who looked, when, in which role and why, under all the ids they have had', async () => {
    const personalCode = freshCode();
    const [gone, stays] = [
      await register(anna({ personalCode }), 'clerk.valka.1'),
      await register(anna(), 'clerk.valka.1'),
    ];
    await read(gone, 'clerk.valka.1');
    await it.post('clerk.valka.1', `/v1/clients/${gone}/merge`, { intoSubjectId: stays, reason: 'misspelt' });
    await search({ personalCode }, 'clerk.valka.1');
    const { caseId } = await it.register({ subjectId: stays, centreId: centres.valka }, 'clerk.valka.1');
    await it.get('clerk.valka.1', `/v1/cases/${caseId}`, { headers: { purpose: 'consultation' } });
    const { items } = (await looks(gone)).body;
    expect(items.map(({ words }: { words: string }) => words)).toEqual([
      'Klientu apkalpošanas speciālists skatīja jūsu lietu, lai jūs konsultētu.',
      'Klientu apkalpošanas speciālists meklēja personu un atrada jūs, lai sniegtu jums pakalpojumu.',
      'Klientu apkalpošanas speciālists skatīja jūsu datus, lai sniegtu jums pakalpojumu.',
    ]);
    expect(items[0]).toMatchObject({ account: 'clerk.valka.1', role: 'clerk', about: `case-${caseId}` });
    const [first] = (await looks(stays, '?language=en&limit=1')).body.items;
    expect(first.words).toBe('A clerk read your case, to advise you.');
    const { nextCursor } = (await looks(stays, '?limit=1')).body;
    expect((await looks(stays, `?limit=1&cursor=${nextCursor}`)).body.items).toEqual([items[1]]);
    expect((await looks(randomUUID())).status).toBe(404);
  });
});

describe('what cannot be right of a client', () => {
  test.each([
    ['look-alike digits', anna({ personalCode: '1б1175-19997' }), 422, 'personal_code_refused'],
    ['fullwidth digits', anna({ personalCode: '１６１１７５１９９９７' }), 422, 'personal_code_refused'],
    ['a check digit that does not fit', anna({ personalCode: '161175-19998' }), 409, 'personal_code_doubtful'],
    ['a code of a legal person', anna({ kind: 'legal' }), 422, 'client_code_of_other_kind'],
    ['a number that is no telephone', anna({ phone: '12' }), 422, 'phone_refused'],
    ['a name of 10,000 characters', anna({ name: 'A'.repeat(10_000) }), 400, 'invalid_request'],
    ['a name that turns the writing', anna({ name: 'Anna \u202eanizreB' }), 400, 'invalid_request'],
    ['a name with NUL', anna({ name: 'Anna\u0000' }), 400, 'malformed_json'],
    ['half a character', anna({ name: 'Anna \ud800' }), 400, 'malformed_json'],
    ['no name', { kind: 'natural', language: 'lv' }, 400, 'invalid_request'],
  ])('%s', async (_what, body, status, code) => {
    const answer = await it.post('clerk.cesis.2', '/v1/clients', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    for (const value of Object.values(body)) {
      if (String(value).length > 7) expect(JSON.stringify(answer.body)).not.toContain(value);
    }
  });

  test.each([
    'Žanis Ķēniņš',
    'Александр Пушкин',
    'Nguyễn Thị Ánh',
    'שרה כהן',
    '<script>alert(1)</script>',
    "O'Neil; --",
  ])('is not a name like %s', async (name) => {
    const subjectId = await register(anna({ name }), 'clerk.valka.1');
    expect((await read(subjectId, 'clerk.valka.1')).body.name).toBe(name.normalize('NFC'));
  });

  test('is taken when the clerk says that the code is right', async () => {
    const subjectId = await register(anna({ personalCode: '161175-19998', codeConfirmed: true }), 'clerk.valka.1');
    expect((await read(subjectId, 'clerk.valka.1')).body).toMatchObject({ codeConfirmed: true });
  });
});

test('nothing personal is in clear in the store, its index, its answers or the key database', async () => {
  const code = freshCode();
  await register(anna({ personalCode: code, name: 'Zanda Kanārija', email: 'kanarija@example.lv' }), 'clerk.valka.1');
  const owner = it.host.database.pool('owner');
  const tables = await owner.query(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const needles = [code, `${code.slice(0, 6)}-${code.slice(6)}`, 'Zanda', 'Kanārija', 'kanarija@example.lv'];
  for (const { name } of tables.rows) {
    const { rows } = await owner.query(`select t::text as row from ${name} t`);
    for (const { row } of rows) {
      const decoded = row + Buffer.from((/\\x([0-9a-f]+)/.exec(row) ?? ['', ''])[1]!, 'hex').toString();
      for (const needle of needles) expect(decoded).not.toContain(needle);
    }
  }
});
