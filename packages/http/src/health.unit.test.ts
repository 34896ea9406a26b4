import { afterEach, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it.app.close());
const ready = () => it.app.inject('/health/ready');

describe('/health/ready', () => {
  test('answers 200 when everything is there', async () => {
    it = await testApp({ readiness: { postgres: async () => undefined, kafka: async () => undefined } });
    const answer = await ready();
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', checks: { postgres: 'ok', kafka: 'ok' } });
  });

  test('names what failed and what did not answer in time, without their words, which are logged', async () => {
    it = await testApp({
      limits: { readinessMs: 50 },
      readiness: {
        postgres: async () => undefined,
        kafka: async () => {
          throw new Error('connect ECONNREFUSED 10.0.0.7:9092');
        },
        redis: () => new Promise(() => undefined),
        broken: () => {
          throw new Error('thrown at once');
        },
      },
    });
    const answer = await ready();
    expect(answer.json()).toMatchObject({
      status: 503,
      code: 'not_ready',
      checks: { postgres: 'ok', kafka: 'failed', redis: 'timed_out', broken: 'failed' },
    });
    expect(answer.body).not.toContain('10.0.0.7');
    expect(JSON.stringify(it.logged())).toContain('10.0.0.7');
  });

  test('runs its checks once for all who ask at the same time', async () => {
    let runs = 0;
    it = await testApp({
      readiness: {
        postgres: () =>
          new Promise((resolve) => {
            runs++;
            setTimeout(resolve, 20);
          }),
      },
    });
    await Promise.all([ready(), ready(), ready()]);
    expect(runs).toBe(1);
    await ready();
    expect(runs).toBe(2);
  });
});

test('/health/live answers whatever else is missing', async () => {
  it = await testApp({ readiness: { kafka: () => Promise.reject(new Error('gone')) } });
  expect((await it.app.inject('/health/live')).json()).toEqual({ status: 'live' });
});

test('/metrics is the text of the registry', async () => {
  it = await testApp();
  it.metrics.eventsAppended.inc(3);
  const answer = await it.app.inject('/metrics');
  expect(answer.headers['content-type']).toContain('text/plain');
  expect(answer.body).toContain('vienuviet_events_appended_total{service="test"} 3');
});
