import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type EventStream, openEventStream, type StreamSettings } from './server-sent-events.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it.app.close());

async function listening(use: (stream: EventStream) => unknown, settings: StreamSettings = {}): Promise<string> {
  it = await testApp();
  it.app.get('/feed', { config: open }, async (_request, reply) => {
    void use(openEventStream(reply, settings));
  });
  await it.app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(it.app.server.address() as AddressInfo).port}/feed`;
}

/** Reads a stream until it has seen a text, or the stream ends. */
async function readUntil(response: Response, text?: string): Promise<string> {
  let seen = '';
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    seen += Buffer.from(bytes).toString();
    if (text !== undefined && seen.includes(text)) break;
  }
  return seen;
}

const soon = (ms = 50) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a stream of server-sent events', () => {
  test('says what it is and sends events as the standard writes them', async () => {
    const url = await listening(async (stream) => {
      await stream.send({ id: '7', event: 'item', data: '{"a":1}' }, { data: 'two\nlines' });
      stream.close();
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await readUntil(response)).toBe(
      'retry: 2000\n\nid: 7\nevent: item\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n',
    );
  });

  test('counts as answered when it begins, however long it goes on', async () => {
    const url = await listening(async (stream) => {
      await soon(300);
      stream.close();
    });
    await readUntil(await fetch(url));
    await soon();
    const { values } = await it.metrics.httpRequestDuration.get();
    const took = values.find(({ metricName, labels }) => metricName?.endsWith('_sum') && labels.route === '/feed');
    expect(took?.value).toBeGreaterThan(0);
    expect(took?.value).toBeLessThan(0.25);
  });

  test('cannot be led to send an event that nobody meant', async () => {
    const url = await listening(async (stream) => {
      await stream.send({ id: '7\ndata: forged\n\n', event: 'a\rb', data: 'x\r\rid: 9' });
      stream.close();
    });
    expect(await readUntil(await fetch(url))).toBe(
      'retry: 2000\n\nid: 7data: forged\nevent: ab\ndata: x\ndata: \ndata: id: 9\n\n',
    );
  });

  test('knows where a client that comes back had stopped', async () => {
    let lastEventId: string | undefined;
    const url = await listening((stream) => {
      ({ lastEventId } = stream);
      stream.close();
    });
    await readUntil(await fetch(url, { headers: { 'last-event-id': '41' } }));
    expect(lastEventId).toBe('41');
  });

  test('sends comments while there is nothing to send', async () => {
    const url = await listening(() => undefined, { keepAliveMs: 20 });
    const response = await fetch(url);
    expect(await readUntil(response, ': still here\n\n: still here\n\n')).toContain(': still here');
  });

  test('notices that the client has gone', async () => {
    let stream: EventStream | undefined;
    const url = await listening((opened) => {
      stream = opened;
    });
    const leaving = new AbortController();
    await fetch(url, { signal: leaving.signal });
    expect(stream?.closed.aborted).toBe(false);
    leaving.abort();
    await soon(100);
    expect(stream?.closed.aborted).toBe(true);
    expect(it.app.vienuviet.openStreams.size).toBe(0);
    await stream?.send({ data: 'into nothing' });
  });

  test('waits for a client that reads slowly, and cuts off one that reads no more', async () => {
    const data = 'x'.repeat(100_000);
    let sent = 0;
    let stream: EventStream | undefined;
    const url = await listening(
      async (opened) => {
        stream = opened;
        while (!opened.closed.aborted && sent < 1_000) {
          await opened.send({ data });
          sent++;
        }
      },
      { stalledMs: 300 },
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pause();
    socket.write('GET /feed HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.on('error', () => undefined);
    await soon(200);
    const whileStalled = sent;
    // Buffers of the kernel and of the socket take some; never all of the 100 MB.
    expect(whileStalled).toBeLessThan(200);
    expect(stream?.closed.aborted).toBe(false);
    await soon(500);
    expect(stream?.closed.aborted).toBe(true);
    socket.destroy();
  });

  test('ends when the app closes, and does not hold it up', async () => {
    const url = await listening(() => undefined);
    const response = await fetch(url);
    const before = performance.now();
    await Promise.all([readUntil(response), it.app.close()]);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test.each<[string, (now: number) => object]>([
    // Clocks may differ by two minutes.
    ['runs out', (now) => ({ exp: Math.floor(now) - 118 })],
    ['is revoked', () => ({})],
    ['has a role whose time is over', (now) => ({ grants: [{ role: 'auditor', until: now + 1 }] })],
  ])('ends when the token that opened it %s', async (what, claims) => {
    let revoked = false;
    it = await testApp({ tokensRevokedAt: () => (revoked ? Date.now() + 1_000 : undefined) });
    it.app.get('/feed', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async (_request, reply) => {
      openEventStream(reply, { keepAliveMs: 50 });
    });
    await it.app.listen({ host: '127.0.0.1', port: 0 });
    const authorization = `Bearer ${await it.issuer.token('auditor', [{ role: 'auditor' }], { ...claims(Date.now() / 1000) })}`;
    const url = `http://127.0.0.1:${(it.app.server.address() as AddressInfo).port}/feed`;
    const response = await fetch(url, { headers: { authorization } });
    expect(response.status).toBe(200);
    setTimeout(() => {
      revoked = what === 'is revoked';
    }, 200);
    // To its end: a stream that goes on is read until the test's time is over.
    expect(await readUntil(response)).toContain(': still here');
  });
});
