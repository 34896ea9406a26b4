import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Type from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import type { AppSettings } from './settings.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await it.app.close();
});

async function listening(settings: Partial<AppSettings> = {}): Promise<number> {
  it = await testApp(settings);
  it.app.post('/echo', { config: open, schema: { body: Type.Unknown() } }, async ({ body }) => ({ got: body }));
  it.app.post('/dropped', { config: open, schema: { body: Type.Unknown() } }, async () => {
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  });
  it.app.get('/slow', { config: open }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return 'at last';
  });
  it.app.get('/never', { config: open, handlerTimeout: 100 }, () => new Promise(() => undefined));
  await it.app.listen({ host: '127.0.0.1', port: 0 });
  return (it.app.server.address() as AddressInfo).port;
}

/** Sends bytes as they are and gives what came until the other side closed, or `until` was seen. */
function talk(port: number, text: string | Buffer, until?: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    sockets.push(socket);
    let seen = '';
    socket.on('data', (bytes) => {
      seen += bytes.toString();
      if (until !== undefined && seen.includes(until)) resolve(seen);
    });
    socket.on('error', () => resolve(seen));
    socket.on('close', () => resolve(seen));
  });
}

/** Sends one piece again and again until the other side closes, and gives what it said. */
function dribble(port: number, beginning: string, piece: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
    sockets.push(socket);
    const dribbling = setInterval(() => socket.write(piece), 20);
    let seen = '';
    socket.on('data', (bytes) => {
      seen += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(dribbling);
      resolve(seen);
    });
  });
}

const problemOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { code: string };

describe('a client', () => {
  test('with a body of 1 MB is answered 413, whether it says its length or not', async () => {
    const port = await listening();
    const body = JSON.stringify('x'.repeat(1_000_000));
    const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const said = await talk(port, `${head}content-length: ${body.length}\r\n\r\n${body}`, 'body_too_large');
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = body.slice(0, 100_000);
    const chunked = `${head}transfer-encoding: chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    expect(await talk(port, chunked, 'body_too_large')).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('is told to come again when a server behind this one drops its connection after the whole body', async () => {
    const port = await listening();
    const body = JSON.stringify({ a: 1 });
    const head = `POST /dropped HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    const answer = await talk(port, head + body, '}');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('store_unavailable');
  });

  test('that does not speak HTTP is answered with a problem', async () => {
    const port = await listening();
    for (const text of ['hello\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', Buffer.from([0x16, 0x03, 0x01, 0x00, 0xa5, 0x01])]) {
      const answer = await talk(port, text);
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*\r\ncontent-type: application\/problem\+json/);
      expect(problemOf(answer).code).toBe('malformed_request');
    }
  });

  test('that tries to smuggle a second request in a body of two lengths is refused', async () => {
    const port = await listening();
    const both = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await talk(port, both)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('whose headers are larger than we take is answered 431', async () => {
    const port = await listening();
    const answer = await talk(port, `GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(problemOf(answer).code).toBe('headers_too_large');
  });

  test('that sends its headers, or its body, too slowly is cut off with 408', async () => {
    const port = await listening({ limits: { headersMs: 200, requestMs: 400 } });
    const [headers, body] = await Promise.all([
      talk(port, 'GET /health/live HTTP/1.1\r\nhost: '),
      talk(port, 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{'),
    ]);
    for (const answer of [headers, body]) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(problemOf(answer).code).toBe('request_timeout');
    }
  });

  test('that dribbles its headers, or its body, is cut off as if it sent nothing', async () => {
    const port = await listening({ limits: { headersMs: 300, requestMs: 600 } });
    const started = performance.now();
    const [headers, body] = await Promise.all([
      dribble(port, 'GET /health/live HTTP/1.1\r\nhost: x\r\nx: ', 'y'),
      dribble(
        port,
        'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n"',
        'y',
      ),
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
    for (const answer of [headers, body]) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('whose person has 10,000 roles is told why its token is not taken', async () => {
    const port = await listening();
    const grants = Array.from({ length: 10_000 }, () => ({ role: 'clerk' as const, centreId: randomUUID() }));
    const { authorization } = await it.issuer.as('clerk', grants);
    expect(authorization.length).toBeGreaterThan(800_000);
    const answer = await talk(port, `GET /slow HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(problemOf(answer)).toMatchObject({ code: 'headers_too_large', detail: expect.stringContaining('grants') });
  });

  test('that goes in the middle of its body is no error of ours', async () => {
    const port = await listening();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(it.logged().filter(({ level }) => level === 'error')).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  test('whose answer takes too long to make is told so', async () => {
    const port = await listening();
    const answer = await fetch(`http://127.0.0.1:${port}/never`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'timed_out' });
  });
});

describe('closing', () => {
  test('lets requests under way end and takes no more', async () => {
    const port = await listening();
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();
    const closed = it.app.close();
    expect(await (await slow).text()).toBe('at last');
    await closed;
    expect(performance.now() - before).toBeLessThan(1_000);
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
  });

  test('is not held up by a client that never finishes its request', async () => {
    const port = await listening({ limits: { closeMs: 200 } });
    void talk(port, 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();
    await it.app.close();
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});
