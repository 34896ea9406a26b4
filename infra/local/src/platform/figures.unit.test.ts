import { expect, test } from 'vitest';
import { figuresLine, parseFigures } from './figures.ts';
import { parsePss } from './memory.ts';

const metrics = `# HELP vienuviet_events_appended_total Events appended to the store
# TYPE vienuviet_events_appended_total counter
vienuviet_events_appended_total{service="intake"} 1200
vienuviet_events_appended_total_created{service="intake"} 99999
vienuviet_relay_events_total 1100
vienuviet_projection_events_total{service="intake",projection="a } b"} 40
vienuviet_projection_events_total{service="intake",projection="b"} 2.5e+2 1700000000000
vienuviet_projection_lag_events{projection="b"} 3
`;

test('figures are added up over all labels and told from metrics whose name only begins alike', () => {
  expect(parseFigures(metrics)).toEqual({ appended: 1_200, relayed: 1_100, projected: 290, lag: 3 });
  expect(parseFigures('')).toEqual({ appended: 0, relayed: 0, projected: 0, lag: 0 });
});

test('the live line shows totals, and rates once there are figures to compare with', () => {
  const now = { appended: 1_200, relayed: 1_100, projected: 290, lag: 3 };
  expect(figuresLine(now, undefined, 0)).toBe('1,200 appended · 1,100 relayed · 290 projected · lag 3');
  expect(figuresLine(now, { ...now, appended: 1_000 }, 2)).toContain('1,200 appended (100/s)');
  // A service that was started again counts from 0.
  expect(figuresLine(now, { ...now, appended: 5_000 }, 2)).toContain('(0/s)');
});

test('memory is the proportional size, in bytes', () => {
  expect(parsePss('Rss:  2000 kB\nPss:              1024 kB\nPss_Dirty: 1 kB\n')).toBe(1_048_576);
  expect(parsePss('')).toBe(0);
});
