import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestPlatform, testPlatform } from './test-platform.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform();
});

afterAll(() => platform.release());

const health = async (address: string) => {
  const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2_000) });
  return answer.status;
};

/** Each service has noticed by itself that a server is back. */
const everyoneIsReady = () =>
  expect
    .poll(() => platform.vienuviet('status').then(({ exitCode, stdout }) => (exitCode === 0 ? 'ready' : stdout)), {
      timeout: 120_000,
      interval: 500,
    })
    .toBe('ready');

describe('the platform for tests', () => {
  test('is ready, and the operators’ command says so', async () => {
    const status = await platform.vienuviet('status');
    expect(status).toMatchObject({ exitCode: 0, stderr: '' });
    expect(status.stdout).toContain('status-feed');
  });

  // Kafka, which takes longest, is killed in the middle of a simulated day.
  test.each(['intake', 'postgres', 'redis'])('%s can be killed and started again', async (name) => {
    await platform.kill(name);
    expect(platform.isRunning(name)).toBe(false);
    await platform.start(name);
    expect(platform.isRunning(name)).toBe(true);
    await everyoneIsReady();
  });

  test('a frozen process answers nobody until it is thawed', async () => {
    platform.freeze('reporting');
    await expect(health(platform.endpoints.reporting!)).rejects.toThrow('timeout');
    platform.thaw('reporting');
    await everyoneIsReady();
  });

  test('one instance more can be started beside the first', async () => {
    await platform.start('status-feed-2');
    expect(platform.isRunning('status-feed-2')).toBe(true);
    await platform.stop('status-feed-2');
  });

  test('a process that there is none of is named', async () => {
    await expect(platform.start('mainframe')).rejects.toThrow('there is no process mainframe');
    expect(() => platform.freeze('mainframe')).toThrow('there is no process mainframe');
  });
});
