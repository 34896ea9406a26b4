import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@vienuviet/simulation/platform';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodeOf, OperatorError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { runLine } from './testing/run-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'operator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (line: string, dataFolder = folder, clock?: () => number) => runLine(line, dataFolder, clock);

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
    ['token engineer --acr three-factors', 'Allowed choices are one-factor, two-factors'],
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

describe('simulate plan', () => {
  test('prints what the day would be, for the last working day when none is named', async () => {
    const { exitCode, out } = await run('simulate plan --centres 3');
    expect(exitCode).toBe(exitCodes.ok);
    expect(out).toMatch(/^2026-11-20, seed 1: \d+ cases at 3 centres\n/);
    expect(out).toMatch(/digest [0-9a-f]{64}\n$/);
  });

  test('says why there are no cases on a public holiday', async () => {
    const why = '2026-11-18 is a public holiday (Republic Day): all centres are closed';
    expect((await run('simulate plan --date 2026-11-18')).out).toContain(`0 cases at 587 centres\nNo cases: ${why}.\n`);
    expect(JSON.parse((await run('simulate plan --date 2026-11-18 --json')).out)).toMatchObject({
      quiet: why,
      cases: [],
    });
    expect((await run('simulate plan --centres 3')).out).not.toContain('No cases');
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
