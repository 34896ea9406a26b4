import { describe, expect, test } from 'vitest';
import { open, testApp } from './test-support/app.ts';
import { continueTrace } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the trace of a request', () => {
  test('is continued under a span of its own', () => {
    const trace = continueTrace(`00-${traceId}-00f067aa0ba902b7-01`);
    expect(trace.traceId).toBe(traceId);
    expect(trace.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(trace.traceparent).not.toContain('00f067aa0ba902b7');
  });

  test('keeps only the flag that is ours, and reads later versions', () => {
    expect(continueTrace(`01-${traceId}-00f067aa0ba902b7-ff-more`).traceparent).toMatch(/-01$/);
    expect(continueTrace(`00-${traceId}-00f067aa0ba902b7-02`).traceparent).toMatch(/-00$/);
  });

  test.each([
    ['missing', undefined],
    ['words', 'hello'],
    ['of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['of a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['in capitals', `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`],
    ['of the version that is forbidden', `ff-${traceId}-00f067aa0ba902b7-01`],
    ['endless', `00-${traceId}-00f067aa0ba902b7-01-${'x'.repeat(1_000)}`],
    ['given twice', [`00-${traceId}-00f067aa0ba902b7-01`]],
  ])('is begun anew when the header is %s', (_name, header) => {
    const { traceparent } = continueTrace(header);
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(traceparent).not.toContain(traceId);
  });

  test('is another one for each request', () => {
    const traces = Array.from({ length: 2_000 }, () => continueTrace(undefined).traceparent.split('-'));
    expect(new Set(traces.map(([, trace]) => trace)).size).toBe(2_000);
    expect(new Set(traces.map(([, , span]) => span)).size).toBe(2_000);
  });

  test('is told in the answer and there for the handler', async () => {
    const it = await testApp();
    it.app.get('/trace', { config: open }, async (request) => request.trace);
    const answer = await it.app.inject({
      url: '/trace',
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(answer.json()).toEqual({ traceId, traceparent: answer.headers['traceparent'] });
    await it.app.close();
  });
});
