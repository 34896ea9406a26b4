import { startTestService, type TestService } from '@vienuviet/service/testing';
import { caseHistories } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reporting } from '../service.ts';
import { plainCases } from '../tests/plain-figures.ts';
import { intakeOf, playAll, readerOf } from '../tests/reader.ts';

const histories = caseHistories({ seed: 9, cases: 80 });
const cases = plainCases(histories);
const centres = [...new Set(cases.map((one) => one.centreId))];
let bed: TestService;

beforeAll(async () => {
  bed = await startTestService(reporting);
  await playAll(bed, intakeOf(bed), histories);
});

afterAll(async () => {
  await bed?.close();
});

const total = (rows: readonly { cases: number }[]): number => rows.reduce((sum, row) => sum + row.cases, 0);
const path = '/v1/reports/cases-by-state';

describe('who sees what', () => {
  test('a supervisor sees the own centre alone, in every report', async () => {
    const read = await readerOf(bed, { role: 'supervisor', centreId: centres[0]! });
    const { body } = await read(path);
    expect(total(body.rows)).toBe(cases.filter((one) => one.centreId === centres[0]).length);
    expect(new Set(body.rows.map((row: { centreId: string }) => row.centreId))).toEqual(new Set([centres[0]]));
    const all = await (await readerOf(bed, { role: 'auditor' }))('/v1/reports/demand');
    const own = await read('/v1/reports/demand');
    const opened = (rows: readonly { casesRegistered: number }[]) =>
      rows.reduce((sum, row) => sum + row.casesRegistered, 0);
    expect(opened(own.body.rows)).toBe(total(body.rows));
    expect(opened(all.body.rows)).toBe(cases.length);
  });

  test('a supervisor of two centres sees both, and one who is a specialist too, the holder beside them', async () => {
    const both = await readerOf(
      bed,
      { role: 'supervisor', centreId: centres[0]! },
      { role: 'supervisor', centreId: centres[1]! },
    );
    expect(total((await both(path)).body.rows)).toBe(
      cases.filter((one) => centres.slice(0, 2).includes(one.centreId)).length,
    );
    const mixed = await readerOf(
      bed,
      { role: 'supervisor', centreId: centres[0]! },
      { role: 'holder_specialist', holderId: 'vid' },
    );
    expect(total((await mixed(path)).body.rows)).toBe(
      cases.filter((one) => one.centreId === centres[0] || one.holderId === 'vid').length,
    );
  });

  test('a specialist sees the own holder, at all centres or at one', async () => {
    const read = await readerOf(bed, { role: 'holder_specialist', holderId: 'vsaa' });
    const own = cases.filter((one) => one.holderId === 'vsaa');
    expect(total((await read(path)).body.rows)).toBe(own.length);
    expect(total((await read(`${path}?centreId=${centres[1]}`)).body.rows)).toBe(
      own.filter((one) => one.centreId === centres[1]).length,
    );
  });

  test.each([
    ['a supervisor', 'a foreign centre', { role: 'supervisor', centreId: centres[0]! }, `centreId=${centres[1]}`],
    ['a specialist', 'a foreign holder', { role: 'holder_specialist', holderId: 'vsaa' }, 'holderId=vid'],
  ] as const)('%s who asks for %s is answered as if it were not there', async (_who, _what, grant, query) => {
    const read = await readerOf(bed, grant);
    const answer = await read(`${path}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });

  test.each([
    ['a clerk', { role: 'clerk', centreId: centres[0]! }],
    ['the portal', { role: 'portal_client' }],
  ] as const)('%s sees no report', async (_who, grant) => {
    const read = await readerOf(bed, grant);
    expect((await read(path)).status).toBe(403);
    expect((await read('/v1/reports')).status).toBe(403);
  });

  test('nobody without a token sees anything', async () => {
    expect((await bed.service.app.inject({ url: path })).statusCode).toBe(401);
  });
});

describe('what a report refuses', () => {
  test.each([
    ['a day that is none', 'from=2026-02-30', 400],
    ['a day in words', 'from=yesterday', 400],
    ['a period that ends before it starts', 'from=2026-03-02&to=2026-03-01', 400],
    ['a centre that is no id', 'centreId=1', 400],
    ['a holder that is no id', "holderId=x'%20or%20'1'='1", 400],
    ['a place in a report without ranks', 'top=3', 400],
    ['a field that nobody knows', 'subjectId=1', 400],
    ['a format that nobody knows', 'format=xml', 400],
  ])('%s', async (_what, query, status) => {
    const read = await readerOf(bed, { role: 'auditor' });
    const answer = await read(`${path}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([status, 'invalid_request']);
  });

  test.each(['top=0', 'top=1000000000', 'top=-1'])('a number of ranks out of bounds: %s', async (query) => {
    const read = await readerOf(bed, { role: 'auditor' });
    expect((await read(`/v1/reports/top-services?${query}`)).status).toBe(400);
  });

  test.each(['nonsense', 'top-services.xml', '..%2f..%2fetc', 'top_services'])(
    'a report that is none: %s',
    async (name) => {
      const read = await readerOf(bed, { role: 'auditor' });
      expect([400, 404]).toContain((await read(`/v1/reports/${name}`)).status);
    },
  );
});
