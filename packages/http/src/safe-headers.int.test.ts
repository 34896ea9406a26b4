/** Every kind of answer, over a socket as a browser gets it. */
import { type AddressInfo, connect } from 'node:net';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from './server-sent-events.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
let port: number;

beforeAll(async () => {
  it = await testApp({ limits: { headersMs: 200, requestMs: 400 } });
  const { app } = it;
  app.post('/echo', { config: open, schema: { body: Type.Unknown() } }, async ({ body }) => ({ got: body }));
  app.get('/mine', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'x');
  app.get('/rare', { config: { ...open, rate: { requests: 0, windowSeconds: 10 } } }, async () => 'x');
  app.get('/broken', { config: open }, async () => {
    throw new Error('relation "people" does not exist at /srv/secret.ts:12');
  });
  app.get('/never', { config: open, handlerTimeout: 100 }, () => new Promise(() => undefined));
  app.get('/stream', { config: open }, async (_request, reply) => openEventStream(reply).close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => it.app.close());

/** Sends bytes as they are and gives the whole answer. */
function answerTo(text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => {
      seen += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(seen));
  });
}

const ask = (method: string, path: string, ...headers: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'host: x', 'origin: https://elsewhere.test', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`;
const json = 'content-type: application/json';

const kinds: readonly (readonly [name: string, status: number, request: string])[] = [
  ['what was asked for', 200, `${ask('POST', '/echo', json, 'content-length: 1')}1`],
  ['health', 200, ask('GET', '/health/live')],
  ['metrics', 200, ask('GET', '/metrics')],
  ['the document', 200, ask('GET', '/openapi.json')],
  ['the page of the document', 200, ask('GET', '/docs/')],
  ['a file of that page', 200, ask('GET', '/docs/static/swagger-ui.css')],
  ['a file that is not there', 404, ask('GET', '/docs/static/nothing.css')],
  ['a stream', 200, ask('GET', '/stream')],
  ['a head', 200, ask('HEAD', '/health/live')],
  ['no token', 401, ask('GET', '/mine')],
  ['a token that is none', 401, ask('GET', '/mine', 'authorization: Bearer guess')],
  ['no route', 404, ask('GET', '/nowhere')],
  ['another method', 405, ask('DELETE', '/echo')],
  ['the question of a browser', 405, ask('OPTIONS', '/mine', 'access-control-request-method: GET')],
  ['TRACE', 404, ask('TRACE', '/nowhere')],
  ['an address that is none', 400, ask('GET', '/%zz')],
  ['a body that is not JSON', 400, `${ask('POST', '/echo', json, 'content-length: 1')}{`],
  ['a body that is too large', 413, ask('POST', '/echo', json, 'content-length: 1000000')],
  ['a body of another kind', 415, `${ask('POST', '/echo', 'content-type: text/plain', 'content-length: 1')}x`],
  ['too many requests', 429, ask('GET', '/rare')],
  ['a fault of ours', 500, ask('GET', '/broken')],
  ['an answer that takes too long', 503, ask('GET', '/never')],
  ['what is no HTTP', 400, 'hello\r\n\r\n'],
  ['headers that are too large', 431, ask('GET', '/mine', `x: ${'y'.repeat(20_000)}`)],
  ['headers that do not come', 408, 'GET /mine HTTP/1.1\r\nhost: '],
];

describe('an answer', () => {
  test.each(kinds)(
    'of %s (%i) tells browsers to be careful, and says nothing of what runs here',
    async (_, status, request) => {
      const answer = await answerTo(request);
      const head = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase();
      expect(head).toMatch(new RegExp(`^http/1\\.1 ${status} `));
      expect(head).toContain('\r\nstrict-transport-security: max-age=31536000; includesubdomains');
      expect(head).toContain('\r\nx-content-type-options: nosniff');
      expect(head).toContain('\r\nreferrer-policy: no-referrer');
      // The files of the OpenAPI page are the same for everybody: they are kept, and asked about each time.
      expect(head).toMatch(/\r\ncache-control: (no-store|public, max-age=0)\r\n/);
      expect(head).toMatch(/\r\ncontent-security-policy: .*frame-ancestors '(none|self)'/);
      expect(head).toMatch(/\r\ncontent-security-policy: .*base-uri 'none'/);
      expect(head).not.toMatch(/\r\n(access-control-|server:|x-powered-by:)/);
      expect(answer).not.toMatch(/relation "people"|secret\.ts|node_modules|\.ts:\d|\n +at /);
    },
  );
});
