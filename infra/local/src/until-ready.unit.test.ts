import { expect, test } from 'vitest';
import { reasonIn } from './until-ready.ts';

const line = (level: string, time: string, message: string): string =>
  JSON.stringify({ level, time, service: 'identity', err: { type: 'Error', message }, msg: 'ended' });
const since = Date.parse('2026-11-20T08:00:00Z');
const early = '2026-11-20T07:59:59.000Z';
const now = '2026-11-20T08:00:01.000Z';

test('the reason why a service ended is the message of its last fatal line', () => {
  const log = [line('fatal', now, 'first'), line('fatal', now, 'SECOND_FACTOR is on or off'), line('info', now, 'bye')];
  expect(reasonIn(log.join('\n'), since)).toBe('SECOND_FACTOR is on or off');
});

test('what an earlier start said, what is no log of ours, and half a line are no reason', () => {
  const log = [line('fatal', early, 'of yesterday'), line('warn', now, 'slow'), 'Killed', '{"level":"fatal","time":'];
  expect(reasonIn(log.join('\n'), since)).toBeUndefined();
});
