import { afterEach, describe, expect, test } from 'vitest';
import { backendTrouble } from './backend-away.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('a server behind this one is away', () => {
  test.each([
    ['it refuses connections', withCode('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432')],
    ['it refuses them on every address', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
    ['it shuts down', withCode('57P01', 'terminating connection due to administrator command')],
    ['it starts', withCode('57P03', 'the database system is starting up')],
    ['it has too many clients', withCode('53300', 'sorry, too many clients already')],
    ['it dropped the connection', new Error('Connection terminated unexpectedly')],
    ['no connection comes free', new Error('timeout exceeded when trying to connect')],
    ['Prisma says so', withCode('P1001', "Can't reach database server")],
    ['an adapter says so', new Error('x', { cause: { kind: 'DatabaseNotReachable', host: 'h' } })],
    [
      'an adapter says so below the error of Prisma',
      Object.assign(new Error('x'), {
        code: 'P2010',
        meta: { driverAdapterError: { cause: { kind: 'ConnectionClosed' } } },
      }),
    ],
    [
      'an adapter hands on its code',
      Object.assign(new Error('x'), { cause: { kind: 'postgres', originalCode: '57P03' } }),
    ],
    ['it is the cause of a cause', new Error('a', { cause: new Error('b', { cause: withCode('57P01') }) })],
  ])('when %s', (_name, error) => {
    expect(backendTrouble(error)).toBe('away');
  });

  test.each([
    ['a mistake in SQL', withCode('42P01', 'relation "x" does not exist')],
    ['a duplicate', withCode('23505')],
    ['a bug', new TypeError('x is not a function')],
    ['words that speak of connections', new Error('The field is called Connection terminated')],
    ['no error', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('but not when it is %s', (_name, error) => {
    expect(backendTrouble(error)).toBeUndefined();
  });

  test('but not in a ring of causes', () => {
    const ring = new Error('a');
    ring.cause = ring;
    expect(backendTrouble(ring)).toBeUndefined();
  });
});

describe('a route whose server is away', () => {
  let it: TestApp;
  afterEach(() => it.app.close());
  const throwing = async (error: Error) => {
    it = await testApp();
    it.app.get('/throw', { config: open }, async () => {
      throw error;
    });
    return it.app.inject('/throw');
  };

  test('answers 503 with a time to come again, and logs what happened', async () => {
    const answer = await throwing(withCode('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432'));
    expect(answer.json()).toMatchObject({ status: 503, code: 'store_unavailable' });
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).not.toContain('10.0.0.7');
    expect(it.logged().filter(({ level }) => level === 'error')).toEqual([]);
    expect(JSON.stringify(it.logged())).toContain('10.0.0.7');
  });

  test('answers 503 also when a statement took too long', async () => {
    const answer = await throwing(withCode('57014', 'canceling statement due to statement timeout'));
    expect(answer.json()).toMatchObject({ status: 503, code: 'timed_out' });
  });
});
