/** Who may call what: every route with every role. */
import { listRoutes } from '@vienuviet/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IntakeTest, startIntake } from './test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

const someId = '00000000-0000-4000-8000-000000000000';
const roles = {
  clerk: 'clerk.cesis.1',
  supervisor: 'supervisor.cesis',
  holder_specialist: 'specialist.vsaa',
  holder_system: 'system.vsaa',
  auditor: 'auditor',
  integration_engineer: 'engineer',
} as const;

const ours = () =>
  listRoutes(intake.host.service.app).filter(
    ({ method, url }) => url.startsWith('/v1/') && !url.startsWith('/v1/operations') && method !== 'HEAD',
  );

describe('the routes', () => {
  test('are these', () => {
    expect(
      ours()
        .map(({ method, url }) => `${method} ${url}`)
        .toSorted(),
    ).toEqual([
      'GET /v1/audit/records',
      'GET /v1/cases',
      'GET /v1/cases/:caseId',
      'GET /v1/centres',
      'GET /v1/centres/:centreId',
      'GET /v1/clients/:subjectId',
      'GET /v1/clients/:subjectId/looks',
      'GET /v1/erasures',
      'GET /v1/services',
      'GET /v1/services/:serviceId',
      'GET /v1/work-queue',
      'POST /v1/cases',
      'POST /v1/cases/:caseId/accept',
      'POST /v1/cases/:caseId/ask-information',
      'POST /v1/cases/:caseId/claim',
      'POST /v1/cases/:caseId/close',
      'POST /v1/cases/:caseId/consultations',
      'POST /v1/cases/:caseId/decide',
      'POST /v1/cases/:caseId/deliver',
      'POST /v1/cases/:caseId/evaluate',
      'POST /v1/cases/:caseId/hand-over',
      'POST /v1/cases/:caseId/links',
      'POST /v1/cases/:caseId/provide-information',
      'POST /v1/cases/:caseId/reject',
      'POST /v1/cases/:caseId/release',
      'POST /v1/cases/:caseId/reopen',
      'POST /v1/cases/:caseId/request',
      'POST /v1/cases/:caseId/withdraw',
      'POST /v1/catalogue/imports',
      'POST /v1/centres',
      'POST /v1/centres/:centreId/change',
      'POST /v1/centres/:centreId/close',
      'POST /v1/clients',
      'POST /v1/clients/:subjectId/change',
      'POST /v1/clients/:subjectId/erasures',
      'POST /v1/clients/:subjectId/erasures/:erasureId/confirm',
      'POST /v1/clients/:subjectId/holds',
      'POST /v1/clients/:subjectId/holds/:holdId/lift',
      'POST /v1/clients/:subjectId/merge',
      'POST /v1/clients/:subjectId/representatives',
      'POST /v1/clients/:subjectId/representatives/:representativeId/end',
      'POST /v1/clients/:subjectId/undo-merge',
      'POST /v1/clients/search',
    ]);
  });

  test('take a token, and only of the roles that their policy names', async () => {
    for (const { method, url, policy } of ours()) {
      const path = url.replaceAll(/:\w+/g, someId);
      const send = (who: (typeof roles)[keyof typeof roles], headers = {}) =>
        method === 'GET' ? intake.get(who, path, { headers }) : intake.post(who, path, {}, { headers });
      const nobody = await send('auditor', { authorization: '' });
      expect(nobody.status, `${method} ${url} without a token`).toBe(401);
      const allowed: readonly string[] = policy !== undefined && 'roles' in policy ? policy.roles : [];
      // Who may, and has not just signed in with two factors, is told to by 401: the matrix of access tries that.
      if (policy !== undefined && 'roles' in policy && policy.stepUp !== undefined) continue;
      for (const [role, who] of Object.entries(roles)) {
        const { status } = await send(who);
        if (allowed.includes(role)) expect([401, 403], `${method} ${url} as ${role}`).not.toContain(status);
        else expect(status, `${method} ${url} as ${role}`).toBe(403);
      }
    }
  });

  test('are described in OpenAPI with what each command asks for', async () => {
    const { body } = await intake.get('auditor', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const register = body.paths['/v1/cases'].post;
    expect(register.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', required: true }));
    expect(Object.keys(register.requestBody.content['application/json'].schema.properties)).toContain('serviceId');
    const imports = body.paths['/v1/catalogue/imports'].post;
    expect(Object.keys(imports.requestBody.content)).toEqual(['text/csv', 'application/json']);
    for (const path of Object.values(body.paths) as Record<string, { summary?: string }>[]) {
      for (const operation of Object.values(path)) expect(operation.summary).toBeTruthy();
    }
  });
});

test('a rebuild gives the same tables, and takes away what somebody wrote by hand', async () => {
  const { caseId } = await intake.register();
  const contact = { channel: 'in_person', clerkMinutes: 3 };
  const { body } = await intake.command('clerk.cesis.1', caseId, 'consultations', contact);
  await intake.get('clerk.cesis.1', `/v1/work-queue?view=mine&after=${body.stream}@${body.version}`);
  // The owner, whom row security does not bind.
  const owner = intake.host.database.pool('owner');
  const tables = { cases: 'cases.service_case', catalogue: 'catalogue.service', centres: 'centres.centre' };
  const textOf = async (table: string) => (await owner.query(`select t::text from ${table} t order by 1`)).rows;
  for (const [name, table] of Object.entries(tables)) {
    const before = await textOf(table);
    await owner.query(`update ${table} set changed_at = now()`);
    const path = `/v1/operations/projections/${name}`;
    expect((await intake.post('engineer', `${path}/rebuild`)).status).toBe(202);
    const phase = async () => (await intake.get('engineer', path)).body.rebuild.phase;
    await expect.poll(phase, { timeout: 20_000 }).toBe('done');
    expect(before.length).toBeGreaterThan(0);
    expect(await textOf(table)).toEqual(before);
  }
});
