import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@vienuviet/simulation/platform';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodeOf, OperatorError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'operator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command line as the shell would, and tells what it wrote and how it ended. */
const run = async (
  line: string,
  dataFolder = folder,
  clock = () => Date.parse('2026-11-21T10:00:00Z'),
  signal = new AbortController().signal,
) => {
  let out = '';
  let err = '';
  const exitCode = await runProgram(line === '' ? [] : line.split(' '), {
    console: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      width: undefined,
      live: false,
    },
    dataFolder,
    clock,
    signal,
  });
  return { exitCode, out, err };
};

const commands = [
  'status',
  'topics',
  'events show',
  'events follow',
  'parked list',
  'parked show',
  'parked redrive',
  'parked discard',
  'projection list',
  'projection rebuild',
  'catalogue import',
  'centres open',
  'simulate day',
  'simulate plan',
  'simulate wait',
  'people',
  'token',
];

describe('help', () => {
  test('lists every command, the exit codes and where the platform is found', async () => {
    const { exitCode, out } = await run('--help');
    expect(exitCode).toBe(exitCodes.ok);
    for (const command of commands) expect(out).toContain(command.split(' ')[0]);
    expect(out).toContain('Exit codes: 0 done and well');
    expect(out).toContain('VIENUVIET_DATA');
  });

  test.each(commands)('of %s says what it does and has examples', async (command) => {
    const { exitCode, out } = await run(`${command} --help`);
    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toContain(`Usage: vienuviet ${command}`);
    expect(out).toMatch(new RegExp(`Examples:\n {2}\\$ vienuviet ${command}`));
  });
});

describe('a command line that makes no sense', () => {
  test.each([
    ['', 'Usage: vienuviet'],
    ['nonsense', "unknown command 'nonsense'"],
    ['status --nonsense', "unknown option '--nonsense'"],
    ['token', "missing required argument 'name'"],
    ['parked show items', "missing required argument 'key'"],
    ['parked discard items case-1', "required option '--reason <code>' not specified"],
    ['parked discard items case-1 --reason because', 'Allowed choices are poison'],
    ['events show --since yesterday', 'must be a time like'],
    ['events show --limit 0', 'must be a whole number from 1'],
    ['events show --topic nothing', 'there is no topic nothing'],
    ['events show --type Nope', 'there is no event type Nope; there are: intake.CaseRegistered'],
    ['events follow --type CaseClosed --type intake.Nope', 'there is no event type intake.Nope'],
    ['simulate plan --date 2026-02-30', 'must be a day like 2026-11-20'],
    ['simulate plan --scale -1', 'must be a number above 0'],
    ['simulate plan --centres 0', 'a day needs at least one centre'],
    ['simulate plan --centres nowhere', 'no centre of the sample is called nowhere'],
    ['simulate day --concurrency 1000', 'must be a whole number from 1 to 256'],
  ])('ends with 2 and says why: %s', async (line, message) => {
    const { exitCode, err } = await run(line);
    expect(err).toContain(message);
    expect(exitCode).toBe(exitCodes.usage);
  });
});

describe('a platform that is not there', () => {
  test.each([
    'status',
    'topics',
    'events show',
    'parked list',
    'projection list',
    'people',
    'token portal',
    'simulate day',
  ])('ends %s with 3 and says how to start it', async (line) => {
    const { exitCode, err } = await run(line);
    expect(err).toContain('./scripts/run');
    expect(exitCode).toBe(exitCodes.unreachable);
  });

  test('is found out also when it was there once', async () => {
    const dead = mkdtempSync(join(tmpdir(), 'operator-dead-'));
    const service = 'http://127.0.0.1:9';
    writeFileSync(
      join(dead, 'endpoints.json'),
      JSON.stringify({ identity: service, intake: service, kafka: '127.0.0.1:9', postgres: {}, redis: '', issuer: '' }),
    );
    const status = await run('status --json', dead);
    expect(status.exitCode).toBe(exitCodes.unreachable);
    expect(JSON.parse(status.out)).toMatchObject([
      { service: 'identity', state: 'unreachable', detail: 'ECONNREFUSED' },
      { service: 'intake', state: 'unreachable', detail: 'ECONNREFUSED' },
    ]);
    const events = await run('events show', dead);
    expect(events.exitCode).toBe(exitCodes.unreachable);
    rmSync(dead, { recursive: true });
  });
});

describe('a damaged endpoints.json', () => {
  const damaged = mkdtempSync(join(tmpdir(), 'operator-damaged-'));
  afterAll(() => rmSync(damaged, { recursive: true }));

  test.each([
    ['[]', 'it holds no object'],
    ['null', 'it holds no object'],
    ['{"intake":5}', 'kafka is no address'],
    ['{"kafka":"a:1","topicPrefix":7}', 'topicPrefix is no text'],
    ['{"kafka":"a:1","intake":5}', 'intake is no address'],
    ['{"kafka":"a:1","identity":"nowhere"}', 'identity is no address'],
    ['{"kafka":"a:1","instances":[]}', 'instances is no object'],
    ['{"kafka":"a:1","instances":{"intake":"http://a"}}', 'the instances of intake are no addresses'],
    ['{"kafka":"a:1","instances":{"visits":["nowhere"]}}', 'the instances of visits are no addresses'],
    ['{"kafka":"a:1"}', 'postgres is no object'],
  ])('ends every command with a sentence and 3: %s', async (text, fault) => {
    const file = join(damaged, 'endpoints.json');
    writeFileSync(file, text);
    for (const line of ['status', 'topics', 'token portal', 'parked list']) {
      expect(await run(line, damaged), line).toEqual({
        exitCode: exitCodes.unreachable,
        out: '',
        err: `vienuviet: ${file} is damaged: ${fault}; ./scripts/run writes it anew\n`,
      });
    }
  });
});

/** A copy of one service that came later, `visits`, which is the issuer too and answers as it is told to. */
const running = mkdtempSync(join(tmpdir(), 'operator-running-'));
afterAll(() => rmSync(running, { recursive: true }));

const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => unknown) => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v1/tokens') return response.end('{"accessToken":"t","expiresIn":60}');
    return answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const instances = { identity: [address], visits: [address] };
  writeFileSync(join(running, 'endpoints.json'), JSON.stringify({ kafka: '', postgres: { visits: {} }, instances }));
  return server;
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

describe('simulate plan', () => {
  test('prints what the day would be, for the last working day when none is named', async () => {
    const { exitCode, out } = await run('simulate plan --centres 3');
    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toMatch(/^2026-11-20, seed 1: \d+ cases at 3 centres\n/);
    expect(out).toMatch(/digest [0-9a-f]{64}\n$/);
  });

  test('prints the whole plan as JSON', async () => {
    const { out } = await run('simulate plan --centres aizkraukle,cesis --seed x --json');
    expect(JSON.parse(out)).toMatchObject({ seed: 'x', date: '2026-11-20', centres: ['aizkraukle', 'cesis'] });
  });
});

describe('simulate wait', () => {
  test('gives up when no day begins within its time', async () => {
    const { exitCode, err } = await run('simulate wait --timeout 0.001', folder, Date.now);
    expect(err).toContain('no day has begun');
    expect(exitCode).toBe(exitCodes.failed);
  });
});

describe('exit codes', () => {
  test.each([
    [new OperatorError('usage', ''), 2],
    [new OperatorError('file', ''), 2],
    [new OperatorError('failed', ''), 1],
    [new PlatformError('refused', ''), 4],
    [new PlatformError('unreachable', ''), 3],
    [new PlatformError('not_started', ''), 3],
    [new PlatformError('unexpected_answer', ''), 1],
    [Object.assign(new Error('', { cause: Object.assign(new Error(), { name: 'KafkaJSConnectionError' }) })), 3],
    [new Error('anything'), 1],
  ])('tell the kinds of failure apart: %o is %i', (error, code) => expect(exitCodeOf(error)).toBe(code));
});
