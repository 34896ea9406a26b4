import { describe, expect, test } from 'vitest';
import { selectionOf } from './selection.ts';

describe('./scripts/test', () => {
  test('runs everything but what takes long when nothing is said', () => {
    expect(selectionOf([])).toEqual({
      ...{ checks: true, projects: ['unit', 'int', 'commands', 'e2e'], paths: [], everyPostgres: false },
    });
  });

  test.each([
    ['unit', ['unit']],
    ['int', ['int']],
    ['e2e', ['commands', 'e2e']],
  ])('%s runs one level and no checks', (level, projects) => {
    expect(selectionOf([level])).toEqual({ checks: false, projects, paths: [], everyPostgres: false });
  });

  test('full adds what takes long, on every PostgreSQL', () => {
    expect(selectionOf(['full'])).toMatchObject({ checks: true, everyPostgres: true });
    expect(selectionOf(['full'])?.projects).toContain('full');
  });

  test('anything else is a path, also several', () => {
    expect(selectionOf(['services/intake'])).toMatchObject({ checks: false, projects: [], paths: ['services/intake'] });
    expect(selectionOf(['unit', 'services/intake'])?.paths).toEqual(['unit', 'services/intake']);
  });

  test('knows help and refuses options', () => {
    expect(selectionOf(['int', '--help'])).toBeUndefined();
    expect(() => selectionOf(['--watch'])).toThrow('unknown option --watch');
  });
});
