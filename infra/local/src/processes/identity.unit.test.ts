import { describe, expect, test } from 'vitest';
import { identityOf, isRunning, parseStat, signal } from './identity.ts';

const line = (name: string) =>
  `4242 (${name}) S 1 4242 4242 0 -1 4194560 1 0 0 0 10 5 0 0 20 0 11 0 987654 1024 256 18446744073709551615`;

describe('the identity of a process', () => {
  test.each(['node', 'a b', 'we) (ird', ')) S 1 2 3'])('is read behind the name %j', (name) => {
    expect(parseStat(line(name))).toEqual({ state: 'S', startTime: 987_654, threads: 11 });
  });

  test.each(['', '4242', '4242 (node)', '4242 (node) S 1 2'])('is not guessed from %j', (text) => {
    expect(() => parseStat(text)).toThrow('not a line of /proc');
  });

  test('tells this process from another one that was given its pid', () => {
    const self = identityOf(process.pid)!;
    expect(isRunning(self)).toBe(true);
    const earlier = { ...self, startTime: self.startTime - 1 };
    expect(isRunning(earlier)).toBe(false);
    expect(signal(earlier, 'SIGKILL')).toBe(false);
  });

  test('does not outlast a restart of the machine', () => {
    const before = { ...identityOf(process.pid)!, bootId: '00000000-0000-0000-0000-000000000000' };
    expect(isRunning(before)).toBe(false);
    expect(signal(before, 'SIGKILL')).toBe(false);
  });

  test('is unknown where no process is', () => {
    expect(identityOf(2 ** 22 + 1)).toBeUndefined();
  });
});
