import { Validator } from '@seriousme/openapi-schema-validator';
import { listRoutes } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reporting } from './service.ts';

let bed: TestService;

beforeAll(async () => {
  bed = await startTestService(reporting);
});

afterAll(async () => {
  await bed?.close();
});

test('the service describes itself in OpenAPI 3.1', async () => {
  const document = (await bed.service.app.inject({ url: '/openapi.json' })).json();
  expect(await new Validator().validate(document)).toEqual({ valid: true });
  expect(document.openapi).toBe('3.1.0');
  const report = document.paths['/v1/reports/{name}'].get;
  expect(Object.keys(report.responses['200'].content)).toEqual(['application/json', 'text/csv']);
  expect(report.description).toContain('Roles: supervisor, holder_specialist, auditor, integration_engineer.');
});

test('every route says who may call it', () => {
  const own = listRoutes(bed.service.app).filter(
    ({ method, url }) => method !== 'HEAD' && /^\/v1\/(?!operations)/.test(url),
  );
  const policy = policies.reportsRead;
  expect(own).toEqual([
    { method: 'GET', url: '/v1/audit/records', policy: policies.auditRead },
    { method: 'GET', url: '/v1/reports', policy },
    { method: 'GET', url: '/v1/reports/:name', policy },
  ]);
});

test('before the first event every report is there, empty or full of zeros', async () => {
  const headers = await bed.issuer.as('auditor', [{ role: 'auditor' }]);
  const read = async (name: string) => (await bed.service.app.inject({ url: `/v1/reports/${name}`, headers })).json();
  for (const name of ['top-services', 'cases-by-state', 'times', 'handling', 'quality']) {
    expect(await read(name), name).toMatchObject({ rows: [], lag: { events: 0, seconds: 0 } });
  }
  const { rows } = await read('demand');
  expect(rows).toHaveLength(168);
  expect(rows.every((row: { casesRegistered: number }) => row.casesRegistered === 0)).toBe(true);
});
