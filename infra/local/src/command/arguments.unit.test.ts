import { describe, expect, test } from 'vitest';
import { parseCommand } from './arguments.ts';

describe('the command line', () => {
  test('runs in the foreground with one instance of each and plays the day unless told otherwise', () => {
    expect(parseCommand(['run'])).toEqual({ name: 'run', detach: false, fresh: false, sample: true, instances: 1 });
    expect(parseCommand(['run', '--detach', '--fresh', '--no-sample', '--instances', '3'])).toEqual({
      ...{ name: 'run', detach: true, fresh: true, sample: false, instances: 3 },
    });
    expect(parseCommand(['run', '--instances=2'])).toMatchObject({ instances: 2 });
  });

  test('knows stop, status and help', () => {
    expect(parseCommand(['stop'])).toEqual({ name: 'stop' });
    expect(parseCommand(['status', '--json'])).toEqual({ name: 'status', json: true });
    expect(parseCommand(['stop', '--help'])).toEqual({ name: 'help', of: 'stop' });
    expect(parseCommand(['run', '-h'])).toEqual({ name: 'help', of: 'run' });
  });

  test.each([
    [['run', '--fast'], '--fast'],
    [['run', 'everything'], 'everything'],
    [['run', '--instances', 'two'], '--instances takes a number'],
    [['run', '--instances', '-1'], 'argument'],
    [['run', '--instances'], 'argument missing'],
    [['stop', '--detach'], '--detach'],
    [['start'], 'unknown command "start"'],
    [[], 'unknown command ""'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(message);
  });
});
