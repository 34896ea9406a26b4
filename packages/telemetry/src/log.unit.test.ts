import { describe, expect, test } from 'vitest';
import { createLog, redactedFields } from './index.ts';

function captured(level = 'info') {
  const lines: string[] = [];
  const log = createLog({ service: 'intake', level, destination: { write: (line) => lines.push(line) } });
  return { log, lines, first: () => JSON.parse(lines[0] ?? '{}') as Record<string, unknown> };
}

describe('a log line', () => {
  test('is one JSON object with time, level as a word, service and message', () => {
    const { log, lines, first } = captured();
    log.info({ events: 3 }, 'appended\nin two lines');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(first()).toMatchObject({ level: 'info', service: 'intake', events: 3, msg: 'appended\nin two lines' });
    expect(first()['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each(redactedFields)('never shows the field %s, neither at the top nor in objects inside', (field) => {
    const { log, lines } = captured();
    log.info({ [field]: 'secret-1', a: { [field]: 'secret-2', b: { [field]: 'secret-3' } } }, 'line');
    expect(lines[0]).not.toContain('secret-');
    expect(lines[0]).toContain('[redacted]');
  });

  test('tells an error with its code and cause, without the values that it carries', () => {
    const { log, lines, first } = captured();
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (name)=(Anna) exists' });
    log.error({ err: new Error('append failed', { cause }) }, 'failed');
    expect(first()['err']).toMatchObject({ message: 'append failed', cause: { code: '23505' } });
    expect(lines[0]).not.toContain('Anna');
  });

  test('hides passwords in addresses and bearer tokens that an error quotes', () => {
    const { log, lines } = captured();
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
    log.error({ err: new Error(`cannot reach postgres://intake_writer:hunter2@db:5432/x with ${token}`) }, 'failed');
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).not.toContain(token);
    expect(lines[0]).toContain('postgres://intake_writer:[redacted]@db:5432/x');
  });

  test('below the level is not written', () => {
    const { log, lines } = captured('warn');
    log.info('quiet');
    expect(lines).toEqual([]);
  });

  test('with a level that nobody knows is refused at the start', () => {
    expect(() => createLog({ service: 'intake', level: 'loud' })).toThrow(/log level 'loud' is not one of/);
  });
});
