/** The audit as every service with a store has it: what is written by itself, what a route adds, and who reads it. */
import { randomUUID } from 'node:crypto';
import { recordReading } from '@vienuviet/http';
import { eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineService } from '../definition.ts';
import { startTestService, type TestService } from '../testing.ts';

const subjectId = randomUUID();
const policy = { roles: ['clerk'], scope: 'own_centre', purpose: true } as const;

/** Reads a person's case at `/look`. */
const definition = defineService({
  name: 'sample',
  title: 'A sample',
  personalData: true,
  projections: [],
  reactions: [],
  routes: () => (app) => {
    app.get('/look', { config: { policy } }, async (request) => {
      await recordReading(request, { about: 'case-1', subjectId });
      return {};
    });
  },
});

let host: TestService;
beforeAll(async () => {
  host = await startTestService(definition);
});
afterAll(() => host?.close());

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
}

async function look(): Promise<void> {
  const token = await host.issuer.as('clerk.cesis.1', [{ role: 'clerk', centreId: randomUUID() }]);
  const headers = { ...token, purpose: 'consultation' };
  expect((await host.service.app.inject({ url: '/look', headers })).statusCode).toBe(200);
}

async function read(query: string, name = 'auditor'): Promise<Page> {
  const headers = { ...(await host.issuer.as(name, [{ role: 'auditor' }])), purpose: 'audit' };
  const answer = await host.service.app.inject({ url: `/v1/audit/records${query}`, headers });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

test('an auditor sees who looked at a person, when, in which role and why', async () => {
  await look();
  const { items } = await read(`?subjectId=${subjectId}&kind=read`);
  expect(items).toMatchObject([
    {
      ...{ kind: 'read', code: 'read', actorId: 'clerk.cesis.1', role: 'clerk', purpose: 'consultation' },
      ...{ about: 'case-1', subjectId, method: 'GET', route: '/look', sequence: expect.any(Number) },
    },
  ]);
  expect((await read(`?subjectId=${randomUUID()}&kind=read`)).items).toEqual([]);
});

test('reading the audit is on record itself, with the person who was asked for', async () => {
  await read(`?subjectId=${subjectId}`, 'auditor.curious');
  const { items } = await read('?actorId=auditor.curious');
  expect(items).toMatchObject([{ kind: 'record_read', role: 'auditor', purpose: 'audit', subjectId }]);
});

test('whoever was refused is on record without a word of the route', async () => {
  const clerk = await host.issuer.as('clerk.other', [{ role: 'clerk', centreId: randomUUID() }]);
  await host.service.app.inject({ url: '/v1/audit/records', headers: { ...clerk, purpose: 'audit' } });
  const [refused] = await eventually('the refusal', async () => {
    const { items } = await read('?actorId=clerk.other');
    return items.length > 0 ? items : undefined;
  });
  expect(refused).toMatchObject({ kind: 'refused', code: 'role_missing', subjectId: null });
});

test('pages go back in time without a gap while records are written', async () => {
  for (let n = 0; n < 12; n++) await look();
  const all = (await read(`?subjectId=${subjectId}&kind=read&limit=200`)).items;
  const paged: Record<string, unknown>[] = [];
  let cursor = '';
  do {
    const page = await read(`?subjectId=${subjectId}&kind=read&limit=5${cursor}`);
    paged.push(...page.items);
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(paged).toEqual(all);
  const times = all.map(({ recordedAt }) => recordedAt as string);
  expect(times).toEqual(times.toSorted().reverse());
  const middle = times[5]!;
  const [before, after] = [
    await read(`?kind=read&to=${middle}&limit=200`),
    await read(`?kind=read&from=${middle}&limit=200`),
  ];
  expect(before.items.every(({ recordedAt }) => (recordedAt as string) < middle)).toBe(true);
  expect(after.items.every(({ recordedAt }) => (recordedAt as string) >= middle)).toBe(true);
});

test('what cannot be recorded is not read, and is read again when it can', async () => {
  const clerk = await host.issuer.as('clerk.cesis.1', [{ role: 'clerk', centreId: randomUUID() }]);
  const ask = () => host.service.app.inject({ url: '/look', headers: { ...clerk, purpose: 'consultation' } });
  const owner = host.database.pool('owner');
  await owner.query('alter function audit.append rename to append_away');
  try {
    const refused = await ask();
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'record_unavailable']);
  } finally {
    await owner.query('alter function audit.append_away rename to append');
  }
  expect((await ask()).statusCode).toBe(200);
});
