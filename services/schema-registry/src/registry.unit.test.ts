import { type App, type AppSettings, createApp, listRoutes } from '@vienuviet/http';
import { type Contracts, contractOf, type Topic } from '@vienuviet/schemas';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaType } from './confluent-json.ts';
import { createRegistry } from './registry.ts';
import { registryRoutes } from './routes/index.ts';

const subject = 'lv.vienuviet.test.Painted';
const field = (name: string, type: unknown, more: object = {}) => ({ name, doc: `${name}.`, type, ...more });
const uuid = { type: 'string', logicalType: 'uuid' };
const optional = (name: string, type: unknown) => field(name, ['null', type], { default: null });
const painted = (...fields: object[]) => ({
  type: 'record',
  name: 'Painted',
  namespace: 'lv.vienuviet.test',
  doc: 'Something was painted.',
  fields: [field('id', uuid), ...fields],
});
const slug = { type: 'string', format: 'slug' };
const v1 = painted();
const v2 = painted(optional('by', slug));
const drawn = { ...v1, name: 'Drawn' };

const byType = new Map(
  [
    contractOf(
      'test.Painted',
      [v1, v2].map((one) => JSON.stringify(one)),
    ),
    contractOf('test.Drawn', [JSON.stringify(drawn)]),
  ].map((contract) => [contract.type, contract]),
);
const entry = (id: number, name: string, version: number) => ({
  id,
  subject: `lv.vienuviet.test.${name}`,
  version,
  identity: '',
});
const contracts: Contracts = {
  folder: '',
  byType,
  lock: [
    entry(7, 'Painted', 1),
    { ...entry(8, 'Drawn', 1), retired: true },
    entry(9, 'Drawn', 1),
    entry(12, 'Painted', 2),
  ],
};
const topics: readonly Topic[] = [];

async function registryApp(limits: AppSettings['limits'] = {}): Promise<App> {
  const made = await createApp({
    name: 'registry',
    title: 'Registry',
    version: '1',
    description: 'x',
    log: createLog({ service: 'registry', level: 'silent' }),
    metrics: createMetrics({ service: 'registry', ofProcess: false }),
    limits,
  });
  await made.register(async (routes) => registryRoutes(createRegistry(contracts, topics))(routes as App));
  await made.ready();
  return made;
}

let app: App;
beforeAll(async () => {
  app = await registryApp();
});
afterAll(() => app.close());

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
async function call(method: Method, url: string, body?: unknown, contentType = mediaType) {
  const sent =
    body === undefined
      ? {}
      : { payload: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': contentType } };
  const response = await app.inject({ method, url, ...sent });
  return { status: response.statusCode, type: response.headers['content-type'], json: response.json() };
}
const get = async (url: string) => (await call('GET', url)).json;
const asBody = (schema: unknown, more: object = {}) => ({ schema: JSON.stringify(schema), ...more });

describe('what can be read', () => {
  test.each([
    { url: '/schemas/types', answer: ['AVRO'] },
    { url: '/schemas/ids/7', answer: { schema: JSON.stringify(v1) } },
    { url: '/schemas/ids/7?fetchMaxId=true&subject=x', answer: { schema: JSON.stringify(v1), maxId: 12 } },
    { url: '/schemas/ids/12/schema', answer: v2 },
    { url: '/schemas/ids/12/subjects', answer: [subject] },
    { url: '/schemas/ids/12/versions', answer: [{ subject, version: 2 }] },
    { url: '/subjects', answer: ['lv.vienuviet.test.Drawn', subject] },
    { url: '/subjects?subjectPrefix=lv.vienuviet.test.P&deleted=true', answer: [subject] },
    { url: `/subjects/${subject}/versions`, answer: [1, 2] },
    { url: `/subjects/${subject}/versions/1`, answer: { subject, version: 1, id: 7, schema: JSON.stringify(v1) } },
    {
      url: `/subjects/${subject}/versions/latest`,
      answer: { subject, version: 2, id: 12, schema: JSON.stringify(v2) },
    },
    { url: `/subjects/${subject}/versions/-1`, answer: { subject, version: 2, id: 12, schema: JSON.stringify(v2) } },
    { url: `/subjects/${subject}/versions/1/schema`, answer: v1 },
    { url: `/subjects/${subject}/versions/1/referencedby`, answer: [] },
    { url: '/config', answer: { compatibilityLevel: 'FULL_TRANSITIVE' } },
    { url: `/config/${subject}?defaultToGlobal=true`, answer: { compatibilityLevel: 'FULL_TRANSITIVE' } },
    { url: '/mode', answer: { mode: 'READONLY' } },
    { url: `/mode/${subject}`, answer: { mode: 'READONLY' } },
    { url: '/contexts', answer: ['.'] },
  ])('$url', async ({ url, answer }) => {
    expect(await call('GET', url)).toEqual({ status: 200, type: mediaType, json: answer });
  });

  test('all schemas, by id, in parts, or only the latest', async () => {
    const ids = async (query: string) => ((await get(`/schemas${query}`)) as { id: number }[]).map(({ id }) => id);
    expect(await ids('')).toEqual([7, 9, 12]);
    expect(await ids('?latestOnly=true')).toEqual([9, 12]);
    expect(await ids('?offset=1&limit=1')).toEqual([9]);
    expect(await ids(`?subjectPrefix=${subject}`)).toEqual([7, 12]);
  });
});

describe('what is not there is told as Confluent’s registry does', () => {
  test.each([
    { url: '/schemas/ids/8', status: 404, error_code: 40403 },
    { url: '/schemas/ids/abc', status: 404, error_code: 40403 },
    { url: '/subjects/nobody/versions', status: 404, error_code: 40401 },
    { url: '/subjects/nobody/versions/1', status: 404, error_code: 40401 },
    { url: `/subjects/${subject}/versions/3`, status: 404, error_code: 40402 },
    { url: `/subjects/${subject}/versions/first`, status: 422, error_code: 42202 },
    { url: `/subjects/${subject}/versions/0`, status: 422, error_code: 42202 },
    { url: '/config/nobody', status: 404, error_code: 40401 },
    { url: '/schemas?limit=many', status: 422, error_code: 422 },
  ])('$url', async ({ url, status, error_code }) => {
    const answer = await call('GET', url);
    expect(answer).toMatchObject({ status, type: mediaType, json: { error_code } });
    expect(Object.keys(answer.json).sort()).toEqual(['error_code', 'message']);
  });
});

describe('looking a schema up', () => {
  const lookUp = (schema: unknown, more?: object) => call('POST', `/subjects/${subject}`, asBody(schema, more));

  test('finds its version and id', async () => {
    expect((await lookUp(v2)).json).toEqual({ subject, version: 2, id: 12, schema: JSON.stringify(v2) });
  });

  test.each([
    { what: 'without documentation', schema: { ...v1, doc: undefined } },
    { what: 'with the name in full', schema: { ...v1, name: subject, namespace: undefined } },
    {
      what: 'as a JVM class has it',
      schema: { ...v1, fields: [field('id', { ...uuid, 'avro.java.string': 'String' })] },
    },
  ])('finds it $what', async ({ schema }) => {
    expect((await lookUp(schema)).json).toMatchObject({ version: 1, id: 7 });
  });

  test.each([
    { what: 'another field', schema: painted(optional('at', slug)), status: 404, error_code: 40403 },
    {
      what: 'another logical type',
      schema: { ...v1, fields: [field('id', 'string')] },
      status: 404,
      error_code: 40403,
    },
    { what: 'another default', schema: painted(field('by', ['null', slug])), status: 404, error_code: 40403 },
    { what: 'no schema', schema: { type: 'nothing' }, status: 422, error_code: 42201 },
  ])('does not take $what for it', async ({ schema, status, error_code }) => {
    expect(await lookUp(schema)).toMatchObject({ status, json: { error_code } });
  });

  test('takes Avro alone, whole', async () => {
    expect((await lookUp(v1, { schemaType: 'AVRO', references: [] })).status).toBe(200);
    expect((await lookUp(v1, { schemaType: 'PROTOBUF' })).json).toMatchObject({ error_code: 42201 });
    expect((await lookUp(v1, { references: [{ name: 'x' }] })).json).toMatchObject({ error_code: 42201 });
  });

  test.each([
    { what: 'no JSON', body: '{', status: 400, error_code: 400 },
    { what: 'no schema in it', body: '{}', status: 422, error_code: 422 },
    { what: 'a schema that is no JSON', body: { schema: '{' }, status: 422, error_code: 42201 },
    {
      what: 'a schema that nests without end',
      body: { schema: `${'['.repeat(30_000)}${']'.repeat(30_000)}` },
      status: 422,
      error_code: 42201,
    },
    { what: 'nothing in it', body: '', status: 400, error_code: 400 },
    { what: 'too much in it', body: { schema: 'x'.repeat(70_000) }, status: 413, error_code: 413 },
  ])('answers a body with $what', async ({ body, status, error_code }) => {
    expect(await call('POST', `/subjects/${subject}`, body)).toMatchObject({
      status,
      type: mediaType,
      json: { error_code },
    });
  });

  test('takes plain JSON too, and no other kind of body', async () => {
    expect((await call('POST', `/subjects/${subject}`, asBody(v1), 'application/json')).status).toBe(200);
    expect((await call('POST', `/subjects/${subject}`, 'x', 'text/plain')).json).toMatchObject({ error_code: 415 });
  });
});

describe('registering', () => {
  const register = (name: string, schema: unknown) => call('POST', `/subjects/${name}/versions`, asBody(schema));

  test('what is registered gives its id, as serializers ask before they send', async () => {
    expect(await register(subject, v1)).toMatchObject({ status: 200, json: { id: 7 } });
  });

  test.each([
    { what: 'a new version', name: subject, schema: painted(optional('at', slug)) },
    { what: 'a new subject', name: 'lv.vienuviet.test.Carved', schema: { ...v1, name: 'Carved' } },
  ])('$what is refused', async ({ name, schema }) => {
    expect(await register(name, schema)).toMatchObject({ status: 422, json: { error_code: 42205 } });
  });

  test('what is no schema is told as such', async () => {
    expect(await register(subject, { type: 'nothing' })).toMatchObject({ status: 422, json: { error_code: 42201 } });
  });
});

test.each<{ method: Method; url: string; body?: object }>([
  { method: 'PUT', url: '/config', body: { compatibility: 'NONE' } },
  { method: 'DELETE', url: '/config' },
  { method: 'PUT', url: `/config/${subject}`, body: { compatibility: 'NONE' } },
  { method: 'DELETE', url: `/config/${subject}` },
  { method: 'PUT', url: '/mode', body: { mode: 'READWRITE' } },
  { method: 'PUT', url: `/mode/${subject}`, body: { mode: 'IMPORT' } },
  { method: 'DELETE', url: `/mode/${subject}` },
  { method: 'DELETE', url: `/subjects/${subject}?permanent=true` },
  { method: 'DELETE', url: `/subjects/${subject}/versions/1` },
])('$method $url changes nothing and says why', async ({ method, url, body }) => {
  expect(await call(method, url, body)).toMatchObject({ status: 422, type: mediaType, json: { error_code: 42205 } });
});

describe('whether a schema could be the next version', () => {
  const ask = async (path: string, schema: unknown) =>
    (await call('POST', `/compatibility/subjects/${subject}/versions${path}`, asBody(schema))).json;
  const grown = painted(optional('by', slug), optional('at', { type: 'long', logicalType: 'timestamp-millis' }));

  test('is yes for one that adds what can be absent', async () => {
    expect(await ask('', grown)).toEqual({ is_compatible: true });
    expect(await ask('/latest?verbose=true', grown)).toEqual({ is_compatible: true, messages: [] });
  });

  test('is no, with the reasons, for what avsc alone would take', async () => {
    const { is_compatible, messages } = await ask(
      '?verbose=true',
      painted(optional('by', { type: 'string', format: 'name' })),
    );
    expect(is_compatible).toBe(false);
    expect(messages).toEqual(['the schema: against v2: by: format was "slug" and is "name"']);
  });

  test('is asked of one version or of all', async () => {
    const other = painted(optional('by', 'int'));
    expect(await ask('/1', other)).toEqual({ is_compatible: true });
    expect(await ask('/2', other)).toEqual({ is_compatible: false });
    expect(await ask('', other)).toEqual({ is_compatible: false });
  });

  test('cannot be said of another event, of a version that is not there, or of no schema', async () => {
    expect(await ask('', drawn)).toMatchObject({ error_code: 42201 });
    expect(await ask('/9', grown)).toMatchObject({ error_code: 40402 });
    expect(await ask('', { type: 'nothing' })).toMatchObject({ error_code: 42201 });
  });
});

test('every route is public and says why', () => {
  const ours = listRoutes(app).filter(({ url }) =>
    /^\/(schemas|subjects|compatibility|config|mode|contexts)/.test(url),
  );
  expect(ours.length).toBeGreaterThan(25);
  expect(ours.filter(({ policy }) => policy === undefined || !('public' in policy))).toEqual([]);
});

test('the routes are described', async () => {
  const { paths } = (await get('/openapi.json')) as { paths: object };
  expect(Object.keys(paths)).toContain('/schemas/ids/{id}');
});

test('what the HTTP layer refuses is told in the same words', async () => {
  const strict = await registryApp({ rate: { requests: 1, windowSeconds: 60 } });
  await strict.inject('/mode');
  const refused = await strict.inject('/mode');
  expect(refused.headers).toMatchObject({ 'content-type': mediaType, 'retry-after': expect.any(String) });
  expect({ status: refused.statusCode, json: refused.json() }).toMatchObject({
    status: 429,
    json: { error_code: 429 },
  });
  await strict.close();
});
