import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { clientsAt } from '../run/clients.ts';
import { intakeOver } from '../run/intake-http.ts';
import { addressesOf, type Endpoints, readEndpoints, servicesOf, servicesWithStore } from './endpoints.ts';
import { acceptedBody, createHttpClient, problemOf } from './http-client.ts';
import { connectPlatform } from './platform.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const servers: Server[] = [];
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on a free port that counts its requests. */
async function serve(handler: Handler): Promise<{ address: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(body));
};

const clientOf = (...addresses: string[]) => {
  const retries: string[] = [];
  const client = createHttpClient({ service: 'intake', addresses, onRetry: (reason) => retries.push(reason) });
  closers.push(client.close);
  return { client, retries };
};

const get = { method: 'GET', path: '/' } as const;

describe('a request', () => {
  test.each([500, 502, 503, 429])(
    'that is answered %i is sent again, the same, until there is an answer',
    async (status) => {
      const { address, requests } = await serve((_, response, count) =>
        count < 3 ? json(response, status, { code: 'not_ready' }) : json(response, 200, { well: true }),
      );
      const { client, retries } = clientOf(address);
      const headers = { 'idempotency-key': 'k' };
      const answer = await client.sendUntilAnswered({ method: 'POST', path: '/x', headers, body: { a: 1 } }, 5_000);
      expect(answer).toMatchObject({ status: 200, body: { well: true } });
      expect(requests.map((request) => request.headers['idempotency-key'])).toEqual(['k', 'k', 'k']);
      expect(retries).toHaveLength(2);
    },
  );

  test.each([400, 403, 404, 409, 422, 501, 504])('that is answered %i has its answer', async (status) => {
    const { address, requests } = await serve((_, response) =>
      json(response, status, { code: 'no', detail: 'because' }),
    );
    const answer = await clientOf(address).client.sendUntilAnswered(get, 5_000);
    expect(requests).toHaveLength(1);
    expect(problemOf(answer)).toMatchObject({ status, code: 'no' });
    expect(() => acceptedBody(answer)).toThrow('no: because');
  });

  test('whose connection breaks in the middle is sent again', async () => {
    const { address } = await serve((request, response, count) => {
      if (count === 1) request.socket.destroy();
      else if (count === 2) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{');
        setTimeout(() => request.socket.destroy(), 10);
      } else json(response, 200, { well: true });
    });
    expect(await clientOf(address).client.sendUntilAnswered(get, 5_000)).toMatchObject({ body: { well: true } });
  });

  test('goes to the other instance when one is gone', async () => {
    const { address, requests } = await serve((_, response) => json(response, 200, {}));
    const { client } = clientOf('http://127.0.0.1:9', address);
    for (let number = 0; number < 4; number += 1) await client.sendUntilAnswered(get, 5_000);
    expect(requests).toHaveLength(4);
  });

  test('that nobody answers within its time fails, and says who', async () => {
    const started = Date.now();
    await expect(clientOf('http://127.0.0.1:9').client.sendUntilAnswered(get, 300)).rejects.toMatchObject({
      code: 'unreachable',
      message: 'intake at http://127.0.0.1:9 does not answer: ECONNREFUSED',
    });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test('is not tried again when everything is to end', async () => {
    const stop = new AbortController();
    stop.abort();
    const client = createHttpClient({ service: 'x', addresses: ['http://127.0.0.1:9'], signal: stop.signal });
    closers.push(client.close);
    const started = Date.now();
    await expect(client.sendUntilAnswered(get, 60_000)).rejects.toThrow('does not answer');
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test('answered in lines tells each, and gives the last', async () => {
    const { address } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"done":1}\n{"do');
      setTimeout(() => response.end('ne":2}\n'), 10);
    });
    const lines: unknown[] = [];
    const answer = await clientOf(address).client.sendForLines(get, (line) => lines.push(line));
    expect(lines).toEqual([{ done: 1 }, { done: 2 }]);
    expect(answer.body).toEqual({ done: 2 });
  });
});

describe('an account', () => {
  const endpointsOf = (address: string): Endpoints => ({
    ...{ kafka: '', schemaRegistry: '', redis: '', issuer: '', postgres: {} },
    identity: address,
    intake: address,
  });

  test('gets one token for many requests, and a new one before it runs out', async () => {
    let expiresIn = 3_600;
    let issued = 0;
    const { address, requests } = await serve((request, response) => {
      if (request.url === '/v1/tokens') json(response, 200, { accessToken: `t${++issued}`, expiresIn });
      else json(response, 200, {});
    });
    const platform = connectPlatform({ endpoints: endpointsOf(address), deadlineMs: 1_000 });
    closers.push(platform.close);
    await Promise.all(Array.from({ length: 5 }, () => platform.ask('intake', 'clerk.cesis.1', get)));
    expect(issued).toBe(1);
    expect(requests.filter(({ headers }) => headers.authorization === 'Bearer t1')).toHaveLength(5);
    expiresIn = 0;
    for (let number = 0; number < 3; number += 1) await platform.ask('intake', 'clerk.cesis.2', get);
    expect(issued).toBe(4);
  });

  test('gets another token when a service refuses one before its end, once for many requests', async () => {
    let issued = 0;
    const { address, requests } = await serve((request, response) => {
      if (request.url === '/v1/tokens') json(response, 200, { accessToken: `t${++issued}`, expiresIn: 3_600 });
      else if (request.headers.authorization === 'Bearer t2') json(response, 200, {});
      else json(response, 401, { code: 'access_changed' });
    });
    const platform = connectPlatform({ endpoints: endpointsOf(address), deadlineMs: 1_000 });
    closers.push(platform.close);
    const answers = await Promise.all(Array.from({ length: 5 }, () => platform.ask('intake', 'clerk.cesis.1', get)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(issued).toBe(2);
    expect(requests).toHaveLength(12);
  });

  test('is told of the refusal when the other token is refused too', async () => {
    const { address, requests } = await serve((request, response) => {
      if (request.url === '/v1/tokens') json(response, 200, { accessToken: 't', expiresIn: 3_600 });
      else json(response, 401, { code: 'token_wrong_issuer' });
    });
    const platform = connectPlatform({ endpoints: endpointsOf(address), deadlineMs: 1_000 });
    closers.push(platform.close);
    expect(await platform.ask('intake', 'clerk.cesis.1', get)).toMatchObject({ status: 401 });
    expect(requests).toHaveLength(4);
  });

  test('that the issuer does not know is refused, and asked for again', async () => {
    let known = false;
    const { address } = await serve((_, response) =>
      known ? json(response, 200, { accessToken: 't', expiresIn: 60 }) : json(response, 404, { code: 'not_found' }),
    );
    const platform = connectPlatform({ endpoints: endpointsOf(address), deadlineMs: 1_000 });
    closers.push(platform.close);
    await expect(platform.tokens.authorizationOf('nobody')).rejects.toMatchObject({
      code: 'refused',
      message: 'no person is called nobody, or none with a role that counts now (vienuviet people --all lists them)',
    });
    known = true;
    expect(await platform.tokens.authorizationOf('nobody')).toBe('Bearer t');
  });

  test('sends a command again when somebody else wrote in the same instant, and leaves empty fields out', async () => {
    const bodies: string[] = [];
    const { address, requests } = await serve((request, response, count) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.url === '/v1/tokens') json(response, 200, { accessToken: 't', expiresIn: 60 });
        else {
          bodies.push(body);
          json(response, count < 4 ? 409 : 200, count < 4 ? { code: 'concurrent_change' } : { version: 2 });
        }
      });
    });
    const platform = connectPlatform({ endpoints: endpointsOf(address), deadlineMs: 1_000 });
    closers.push(platform.close);
    const command = {
      account: 'a',
      command: 'hand-over',
      caseId: 'c',
      key: 'k',
      body: { reason: 'capacity', x: null },
    } as const;
    expect(await intakeOver(platform, clientsAt(platform)).send(command)).toEqual({
      status: 200,
      body: { version: 2 },
    });
    expect(requests.at(-1)?.url).toBe('/v1/cases/c/hand-over');
    expect(new Set(bodies)).toEqual(new Set(['{"reason":"capacity"}']));
    expect(bodies).toHaveLength(3);
  });
});

describe('where the platform is', () => {
  const endpoints: Endpoints = {
    ...{ kafka: '', schemaRegistry: '', redis: '', issuer: '', postgres: {} },
    intake: 'http://a',
    reporting: 'http://r',
    instances: { intake: ['http://a', 'http://b'] },
  };

  test('is told for every instance of a service', () => {
    expect(addressesOf(endpoints, 'intake')).toEqual(['http://a', 'http://b']);
    expect(addressesOf(endpoints, 'reporting')).toEqual(['http://r']);
    expect(addressesOf(endpoints, 'identity')).toEqual([]);
  });

  test('is told for a service that came later, as for the others', () => {
    const database = { main: 'postgres://m', keys: 'postgres://k', reader: 'postgres://r' };
    const more: Endpoints = {
      ...{ ...endpoints, postgres: { visits: database, intake: database } },
      instances: { intake: ['http://a', 'http://b'], visits: ['http://v'] },
    };
    expect(servicesOf(more)).toEqual(['intake', 'visits', 'reporting']);
    expect(servicesWithStore(more)).toEqual(['intake', 'visits']);
    expect(addressesOf(more, 'visits')).toEqual(['http://v']);
    expect(addressesOf(more, 'kafka')).toEqual([]);
  });

  test('is told by nobody when nothing was started', () => {
    expect(() => readEndpoints('/nowhere')).toThrow('start the platform with ./scripts/run');
    expect(() => createHttpClient({ service: 'intake', addresses: [] })).toThrow('intake has no address');
  });
});
