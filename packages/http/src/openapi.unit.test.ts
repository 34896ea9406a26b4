import { Validator } from '@seriousme/openapi-schema-validator';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagingQuery } from './cursor-paging.ts';
import { afterQuery } from './read-your-writes.ts';
import { openApiRedirect } from './sign-in.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

interface Operation {
  description: string;
  security: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
type Document = Record<string, unknown> & { openapi: string; paths: Record<string, Record<string, Operation>> };

let it: TestApp;
let document: Document;

beforeAll(async () => {
  it = await testApp();
  const Case = Type.Object({ caseId: Type.String({ format: 'uuid' }), note: Type.Union([Type.String(), Type.Null()]) });
  it.app.get(
    '/v1/cases/:id',
    {
      config: { policy: { roles: ['clerk', 'auditor'], scope: 'own_centre', purpose: true } },
      schema: {
        summary: 'One case',
        description: 'With its history.',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          ...pagingQuery(),
          after: afterQuery,
          view: Type.Union([Type.Literal('mine'), Type.Literal('centre')], { description: 'Which.' }),
        }),
        response: { 200: Case },
      },
    },
    async () => ({ caseId: 'x', note: null }),
  );
  it.app.post(
    '/v1/cases',
    {
      config: { policy: { roles: ['clerk'], scope: 'own_centre' }, command: true },
      schema: { body: Type.Object({ a: Type.Integer() }), response: { 201: Case } },
    },
    async () => ({ caseId: 'x', note: null }),
  );
  it.app.post(
    '/v1/two',
    {
      config: open,
      schema: { body: { content: { 'application/json': { schema: Type.Object({ a: Type.Integer() }) } } } },
    },
    async () => 'x',
  );
  it.app.get('/v1/csv', { config: open }, async () => 'a,b');
  document = (await it.app.inject('/openapi.json')).json<Document>();
});
afterAll(() => it.app.close());

const operation = (path: string, method: string) => document.paths[path]?.[method] as Operation;

describe('/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    expect(document.openapi).toBe('3.1.0');
    const checked = await new Validator().validate(structuredClone(document));
    expect(checked).toMatchObject({ valid: true });
  });

  test('tells of every operation who may call it', () => {
    const { description, security } = operation('/v1/cases/{id}', 'get');
    expect(description).toBe(
      'With its history.\n\nRoles: clerk, auditor. Scope: own centre. Header `Purpose`: one of service_provision, ' +
        'consultation, supervision, complaint, audit, operations.',
    );
    expect(security).toEqual([{ signIn: ['openid'] }, { bearer: [] }]);
    expect(operation('/v1/csv', 'get')).toMatchObject({ description: 'Public: a test.', security: [] });
  });

  test('tells which headers are asked for', () => {
    const headersOf = (path: string, method: string) =>
      (operation(path, method).parameters ?? []).filter((one) => one.in === 'header').map(({ name }) => name);
    expect(headersOf('/v1/cases/{id}', 'get')).toEqual(['Purpose']);
    expect(headersOf('/v1/cases', 'post')).toEqual(['Idempotency-Key']);
    expect(headersOf('/v1/csv', 'get')).toEqual([]);
  });

  test('shows a choice as all its codes, and fills no field in that may stay empty', () => {
    const { parameters = [] } = operation('/v1/cases/{id}', 'get');
    expect(parameters.find(({ name }) => name === 'view')).toMatchObject({
      ...{ description: 'Which.', schema: { type: 'string', enum: ['mine', 'centre'] } },
    });
    for (const parameter of parameters.filter(({ required }) => !required)) {
      expect(JSON.stringify(parameter)).not.toContain('"example');
    }
  });

  test('shows bodies as closed as they are', () => {
    const { requestBody } = operation('/v1/cases', 'post');
    expect(requestBody?.content['application/json']?.schema).toMatchObject({ additionalProperties: false });
    const byMedia = operation('/v1/two', 'post').requestBody?.content['application/json'];
    expect(byMedia?.schema).toMatchObject({ additionalProperties: false });
  });

  test('shows every problem that an operation answers', () => {
    const { responses } = operation('/v1/cases/{id}', 'get');
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '422', '429', '500', '503', '504']);
    expect(responses['404']?.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
    const command = Object.keys(operation('/v1/cases', 'post').responses);
    expect(command).toEqual(expect.arrayContaining(['201', '409', '413', '415', '422']));
  });

  test('leaves its own pages out', () => {
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/v1/cases',
      '/v1/cases/{id}',
      '/v1/csv',
      '/v1/two',
    ]);
  });
});

describe('/docs', () => {
  test('is a page made of files of our own, which may run', async () => {
    const page = await it.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    const { info } = (await it.app.inject('/openapi.json')).json() as { info: { title: string } };
    expect(page.body).toContain(`<title>${info.title}</title>`);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file as string);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^https?:|^\/\//);
      expect((await it.app.inject(new URL(file, 'http://x/docs/').pathname)).statusCode).toBe(200);
    }
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toMatch(/https:|swagger\.io/);
    expect((await it.app.inject('/docs/static/swagger-initializer.js')).body).toContain('"validatorUrl":null');
  });

  test('signs people in at the issuer, with PKCE, and may fetch from there and nowhere else', async () => {
    const { components } = document as unknown as { components: { securitySchemes: Record<string, object> } };
    expect(Object.keys(components.securitySchemes)).toEqual(['signIn', 'bearer']);
    expect(components.securitySchemes['signIn']).toMatchObject({
      flows: { authorizationCode: { authorizationUrl: 'http://issuer.test/oidc/auth' } },
    });
    const initializer = await it.app.inject('/docs/static/swagger-initializer.js');
    expect(initializer.body).toMatch(/initOAuth\(\{"clientId":"openapi","usePkceWithAuthorizationCodeGrant":true/);
    const page = await it.app.inject('/docs/');
    expect(page.headers['content-security-policy']).toMatch(/ connect-src 'self' http:\/\/issuer\.test;$/);
    expect((await it.app.inject(openApiRedirect)).statusCode).toBe(200);
  });

  test('reads the document of this app', async () => {
    const shown = await it.app.inject('/docs/json');
    expect(shown.json()).toEqual(document);
  });
});
