import { Validator } from '@seriousme/openapi-schema-validator';
import { listRoutes } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusFeed } from './service.ts';

let bed: TestService;

beforeAll(async () => {
  bed = await startTestService(statusFeed);
});

afterAll(async () => {
  await bed?.close();
});

test('the service describes itself in OpenAPI 3.1', async () => {
  const document = (await bed.service.app.inject({ url: '/openapi.json' })).json();
  expect(await new Validator().validate(document)).toEqual({ valid: true });
  expect(document.openapi).toBe('3.1.0');
  const feed = document.paths['/v1/feed'].get;
  expect(Object.keys(feed.responses['200'].content)).toEqual([
    'application/cloudevents-batch+json',
    'text/event-stream',
  ]);
  expect(feed.responses['200'].headers['Feed-Cursor'].schema.type).toBe('string');
  expect(feed.description).toContain('Roles: portal_client.');
});

test('every route says who may call it', () => {
  const own = listRoutes(bed.service.app).filter(
    ({ method, url }) => method !== 'HEAD' && /^\/v1\/(?!operations)/.test(url),
  );
  expect(own.map(({ method, url, policy }) => [method, url, policy])).toEqual([
    ['GET', '/v1/audit/records', policies.auditRead],
    ['POST', '/v1/subject-tokens', policies.subjectTokens],
    ['GET', '/v1/items', policies.itemsRead],
    ['GET', '/v1/items/:caseId', policies.itemsRead],
    ['GET', '/v1/feed', policies.feedRead],
  ]);
});

test('subject tokens are added, read and deleted by the service, changed by nobody, and not seen by the reader role', async () => {
  const { rows } = await bed.database.pool('owner').query<{ privilege: string }>(
    `select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege
      where has_table_privilege('status_feed_writer', 'status_feed.subject_token', privilege) order by privilege`,
  );
  // They are deleted when the person is erased.
  expect(rows.map((row) => row.privilege)).toEqual(['DELETE', 'INSERT', 'SELECT']);
  const reader = await bed.database
    .pool('owner')
    .query(`select has_table_privilege('status_feed_reader', 'status_feed.subject_token', 'SELECT') as may`);
  expect(reader.rows).toEqual([{ may: false }]);
});
