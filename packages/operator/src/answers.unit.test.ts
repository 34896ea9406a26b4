/** What the command makes of the answers of services. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { runLine as run } from './testing/run-line.ts';

/** A copy of one service that came later, `visits`, which is the issuer too and answers as it is told to. */
const running = mkdtempSync(join(tmpdir(), 'operator-running-'));
afterAll(() => rmSync(running, { recursive: true }));

const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => unknown) => {
  /** Bodies with which a token was asked for. */
  const askedTokens: string[] = [];
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v1/tokens') {
      askedTokens.push(await text(request));
      return response.end('{"accessToken":"t","expiresIn":60}');
    }
    return answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const instances = { identity: [address], visits: [address] };
  writeFileSync(join(running, 'endpoints.json'), JSON.stringify({ kafka: '', postgres: { visits: {} }, instances }));
  return Object.assign(server, { askedTokens });
};

describe('a service that came later', () => {
  /** Its projection stands, and its rebuild is at the same event whenever somebody looks. */
  const visits = {
    ...{ name: 'visits', kind: 'projection', status: 'standing', code: 'lost', trouble: 'events are gone' },
    ...{ parkedKeys: 0, asOf: [] },
    rebuild: { phase: 'building', events: 7, total: 9, eventsPerSecond: 0, secondsLeft: null, startedBy: 'engineer' },
  };
  const serveVisits = () =>
    serve(({ url, method }, response) => {
      const one = method === 'POST' || url?.endsWith('/visits');
      return response.end(JSON.stringify(one ? visits : [visits]));
    });

  test('is asked like the others', async () => {
    const server = await serveVisits();
    const list = await run('projection list --json', running);
    expect(JSON.parse(list.out)).toMatchObject([{ service: 'visits', name: 'visits' }]);
    expect(JSON.parse((await run('status --json', running)).out)).toMatchObject([
      { service: 'identity', state: 'ready' },
      { service: 'visits', state: 'ready' },
    ]);
    server.close();
  });

  test('whose rebuild comes no further while the projection stands is not waited for any longer', async () => {
    const server = await serveVisits();
    let now = 0;
    const clock = () => (now += 20_000);
    expect(await run('projection rebuild visits/visits', running, clock)).toMatchObject({
      exitCode: exitCodes.failed,
      err: expect.stringContaining('its rebuild comes no further: lost: events are gone'),
    });
    server.close();
  });

  test('is rebuilt also when nobody waits for it any longer', async () => {
    const server = await serveVisits();
    const stop = AbortSignal.timeout(100);
    expect(await run('projection rebuild visits/visits', running, Date.now, stop)).toMatchObject({
      exitCode: exitCodes.interrupted,
      err: 'vienuviet: not waiting any longer; the rebuild goes on\n',
    });
    server.close();
  });
});

describe('token', () => {
  test.each([
    ['token engineer', { name: 'engineer', acr: 'urn:vienuviet:acr:one-factor' }],
    [
      'token clerk.cesis.2 --role supervisor --acr two-factors',
      { name: 'clerk.cesis.2', role: 'supervisor', acr: 'urn:vienuviet:acr:two-factors' },
    ],
  ])('asks for the role and the sign-in that are named: %s', async (line, asked) => {
    const server = await serve(() => undefined);
    expect(await run(line, running)).toEqual({ exitCode: exitCodes.ok, out: 't\n', err: '' });
    expect(JSON.parse(server.askedTokens.join())).toEqual(asked);
    server.close();
  });
});

describe('what is not there for who asks', () => {
  test.each([
    ['grant clerk.cesis.1 auditor', 'there is no role auditor for all places, or supervisor.cesis may not give it'],
    ['grant clerk.cesis.1 clerk --centre riga', 'there is no role clerk at riga, or supervisor.cesis may not give it'],
    [
      'deactivate clerk.riga.1',
      'there is no account clerk.riga.1, or none with a role where supervisor.cesis looks after accounts',
    ],
    [
      'show clerk.riga.1',
      'there is no account clerk.riga.1, or none with a role where supervisor.cesis looks after accounts',
    ],
  ])('is told by what it may be: account %s', async (line, words) => {
    const server = await serve((_, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      return response.end('{"code":"not_found","title":"There is no such thing, or it is not yours"}');
    });
    expect(await run(`account ${line} --as supervisor.cesis`, running)).toEqual({
      ...{ exitCode: exitCodes.refused, out: '', err: `vienuviet: not_found: ${words}\n` },
    });
    server.close();
  });

  test('is told in the words of the service where it has some', async () => {
    const server = await serve((_, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      return response.end('{"code":"account_unknown","detail":"There is no such account."}');
    });
    const { err } = await run('account grant nobody clerk --centre riga --as supervisor.cesis', running);
    expect(err).toBe('vienuviet: account_unknown: There is no such account.\n');
    server.close();
  });
});

describe('a key that is not parked', () => {
  test.each(['show items case-1', 'redrive items case-1', 'discard items case-1 --reason poison'])(
    'is told by name: parked %s',
    async (line) => {
      const server = await serve(({ url }, response) => {
        if (url === '/v1/operations/projections') return response.end('[{"name":"items"}]');
        response.writeHead(404, { 'content-type': 'application/problem+json' });
        return response.end('{"code":"not_found","title":"There is no such thing, or it is not yours"}');
      });
      expect(await run(`parked ${line}`, running)).toMatchObject({
        exitCode: exitCodes.refused,
        err: 'vienuviet: nothing is parked under this key at visits/items: case-1 (parked list shows what is)\n',
      });
      server.close();
    },
  );
});

describe('catalogue import', () => {
  test('tells how many entries bad rows kept', async () => {
    const counts = { entries: 1, listed: 0, relisted: 0, changed: 0, unchanged: 1, retired: 0, keptForBadRows: 11 };
    const server = await serve((_, response) =>
      response.end(JSON.stringify({ source: 't', ...counts, rejectedCount: 0, rejected: [] })),
    );
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const instances = { identity: [address], intake: [address] };
    writeFileSync(join(running, 'endpoints.json'), JSON.stringify({ kafka: '', postgres: {}, instances }));
    const table = join(running, 't.csv');
    writeFileSync(table, 'x');
    const { out } = await run(`catalogue import ${table}`, running);
    expect(out).toMatch(/ RETIRED {2}KEPT FOR BAD ROWS {2}BAD ROWS\nt .* 11 +0\n/);
    server.close();
  });
});

describe('parked list', () => {
  const serveParked = (total: string) =>
    serve((_, response) => {
      response.setHeader('parked-keys', total);
      const key = { consumer: 'items', code: 'undecodable', reason: 'no event', parkedAt: '2026-11-21', waiting: 1 };
      return response.end(JSON.stringify([1, 2].map((number) => ({ ...key, key: `case-${number}` }))));
    });

  test.each([
    ['2', ''],
    ['152', 'visits has 150 more: it lists those parked first\n'],
  ])('says beside its rows how many of %s it does not show', async (total, said) => {
    const server = await serveParked(total);
    const list = await run('parked list --json', running);
    expect(list).toMatchObject({ exitCode: exitCodes.ok, err: said });
    expect(JSON.parse(list.out)).toHaveLength(2);
    expect(await run('parked list', running)).toMatchObject({ exitCode: exitCodes.ok, err: said });
    server.close();
  });
});
