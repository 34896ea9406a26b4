/** Requests to import: what they may carry, and several at once. */
import { randomUUID } from 'node:crypto';
import { listRoutes } from '@vienuviet/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv, expectImport } from '../../test-support/catalogue-table.ts';
import { type IntakeTest, startIntake } from '../../test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

const position = () => intake.host.service.context.store.lastPosition();

describe('a body in CSV', () => {
  const personOf = {
    clerk: 'clerk.cesis.1',
    supervisor: 'supervisor.cesis',
    holder_specialist: 'specialist.vsaa',
    holder_system: 'system.vsaa',
    auditor: 'auditor',
    integration_engineer: 'engineer',
  } as const;
  const inCsv = { headers: { 'content-type': 'text/csv' } };

  test('is for the import alone: every other route of the app refuses it, also an empty one', async () => {
    const others = listRoutes(intake.host.service.app).filter(
      ({ method, url }) => !['GET', 'HEAD', 'OPTIONS'].includes(method) && url !== '/v1/catalogue/imports',
    );
    expect(others.length).toBeGreaterThan(15);
    const before = await position();
    for (const { method, url, policy } of others) {
      const roles: readonly string[] = policy !== undefined && 'roles' in policy ? policy.roles : [];
      const role = (Object.keys(personOf) as (keyof typeof personOf)[]).find((one) => roles.includes(one));
      // Who has not just signed in with two factors is told so before the body is looked at.
      if (role === undefined || (policy !== undefined && 'roles' in policy && policy.stepUp !== undefined)) continue;
      for (const body of [Buffer.alloc(60_000, 'a'), Buffer.alloc(0), undefined]) {
        const answer = await intake.post(personOf[role], url.replace(/:\w+/g, randomUUID()), body, {
          headers: { ...inCsv.headers, purpose: 'service_provision' },
        });
        expect(answer, `${method} ${url}`).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
      }
    }
    expect(await position()).toBe(before);
  });

  test('executes no command, even where the command needs no fields', async () => {
    const { caseId } = await intake.register();
    const before = await position();
    for (const body of [Buffer.alloc(0), undefined, Buffer.alloc(4 * 1024 * 1024, 'a')]) {
      expect((await intake.post('clerk.cesis.1', `/v1/cases/${caseId}/claim`, body, inCsv)).status).toBe(415);
    }
    expect(await position()).toBe(before);
  });
});

describe('imports under way', () => {
  const many = (count: number, name: string): string =>
    csv(...Array.from({ length: count }, (_, index) => `Iestāde ${name},Pakalpojums ${name} ${index},x,54`));

  test('tell how far they are in lines, the report last', async () => {
    const { status, body, headers } = await intake.import('lines', many(450, 'rinda'), {
      accept: 'application/x-ndjson',
    });
    const lines = String(body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-ndjson');
    expect(lines.slice(0, -1)).toEqual([
      { done: 200, of: 450 },
      { done: 400, of: 450 },
      { done: 450, of: 450 },
    ]);
    expect(lines.at(-1)).toMatchObject({ listed: 450, rejectedCount: 0 });
  });

  test('of one source exclude each other, also between instances; those of two sources do not', async () => {
    const second = await intake.host.another();
    const table = many(300, 'reize');
    const importing = (source: string, via = intake.host.service) =>
      intake.post('engineer', `/v1/catalogue/imports?source=${source}`, table, {
        headers: { 'content-type': 'text/csv' },
        via,
      });
    const [one, other, elsewhere] = await Promise.all([
      importing('same'),
      importing('same', second),
      importing('different'),
    ]);
    const codes = [one, other].map(({ status, body }) => (status === 200 ? 'imported' : body.code)).toSorted();
    expect(codes).toEqual(['import_running', 'imported']);
    expect(elsewhere.status).toBe(200);
    const again = await importing('same');
    expect(again).toMatchObject({ status: 200, body: { unchanged: 300, listed: 0, changed: 0 } });
  });

  test('cut off in the middle are finished by the next one', async () => {
    const table = many(300, 'pusē');
    await expectImport(intake, 'half', many(120, 'pusē'), { listed: 120 });
    await expectImport(intake, 'half', table, { unchanged: 120, listed: 180 });
    await expectImport(intake, 'half', many(10, 'pusē'), { unchanged: 10, retired: 290 });
  });
});
