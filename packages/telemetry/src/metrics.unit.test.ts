import { describe, expect, test } from 'vitest';
import { createMetrics, metricNames } from './index.ts';

describe('metrics', () => {
  test('are all there under the agreed names, with the service as a label', async () => {
    const metrics = createMetrics({ service: 'intake', ofProcess: false });
    metrics.eventsAppended.inc(2);
    const text = await metrics.registry.metrics();
    for (const name of Object.values(metricNames)) expect(text).toContain(`# TYPE ${name} `);
    expect(text).toContain('vienuviet_events_appended_total{service="intake"} 2');
  });

  test('of two services in one process do not mix', async () => {
    const one = createMetrics({ service: 'intake' });
    const two = createMetrics({ service: 'reporting' });
    one.relayLag.set(7);
    expect(await two.registry.metrics()).not.toContain('vienuviet_relay_lag_events{service="reporting"} 7');
  });

  test('refuse a label that was not agreed, so that no id becomes one', () => {
    const metrics = createMetrics({ service: 'intake', ofProcess: false });
    expect(() => metrics.projectionLag.set({ caseId: 'x' } as never, 1)).toThrow(/labelset/);
  });
});
