/** Tables that are read in slices, so that others have their turn meanwhile. */
import { describe, expect, test } from 'vitest';
import { headers, read } from '../../test-support/read-text.ts';
import { serviceIdOf } from '../service.ts';
import { type FileReading, readTable } from './read-table.ts';

const sick = serviceIdOf('vsaa', 'Slimības pabalsts');

describe('rows at the borders of slices', () => {
  test('are whole and on their lines, also when they have line ends and quotes inside', async () => {
    const rows = Array.from(
      { length: 4_000 },
      (_, index) => `VSAA,"Nr ${index}\n${'ķ'.repeat(index % 97)}, ""x""",x,54`,
    );
    const file = await read([headers.unused, ...rows, 'VSAA,,x,54'].join('\n'));
    expect(file.entries.size).toBe(4_000);
    expect(file.rejected).toEqual([{ line: 2 + 2 * 4_000, reason: 'the title is missing' }]);
  });

  test('are not cut from a line that is longer than a slice', async () => {
    const row = `${','.repeat(64 * 1024 - headers.unused.length - 1)}VSAA,Viltots,x,54`;
    const file = await read(`${headers.unused}\n${row}\nVSAA,Otrais,x,54\n`.padEnd(200_000, '\n'));
    expect([...file.entries.values()].map(({ titleLv }) => titleLv)).toEqual(['Otrais']);
    expect(file.rejected).toMatchObject([{ line: 2 }]);
  });

  test('may be blank', async () => {
    const file = await read(`${headers.unused}${'\n'.repeat(100_000)}VSAA,,x,54\nVSAA,Otrais,x,54`);
    expect(file.entries.size).toBe(1);
    expect(file.rejected).toEqual([{ line: 100_001, reason: 'the title is missing' }]);
  });
});

describe('a large file', () => {
  interface Watched {
    readonly reading: FileReading;
    /** How often others had their turn meanwhile. */
    readonly beats: number;
    /** CPU ms, however busy the machine is: of the longest time between two of their turns, and of the whole. */
    readonly longest: number;
    readonly worked: number;
  }

  async function watched(bytes: Buffer): Promise<Watched> {
    let [beats, longest, worked, isOver] = [0, 0, 0, false];
    let last = process.threadCpuUsage();
    const beat = (): void => {
      const { user, system } = process.threadCpuUsage(last);
      longest = Math.max(longest, (user + system) / 1_000);
      worked += (user + system) / 1_000;
      last = process.threadCpuUsage();
      beats++;
      if (!isOver) setImmediate(beat);
    };
    setImmediate(beat);
    const reading = await readTable(bytes, 'large.csv');
    isOver = true;
    await new Promise((resolve) => setImmediate(resolve));
    return { reading, beats, longest, worked };
  }

  test('of bad lines is refused after a thousand, within two seconds', async () => {
    const { reading, beats, worked } = await watched(Buffer.from(`${headers.whole}\n${'a"b\n'.repeat(100_000)}`));
    expect(worked).toBeLessThan(2_000);
    expect(reading).toMatchObject({ read: false, code: 'import_malformed' });
    // Without a turn for others it is one: the last.
    expect(beats).toBeGreaterThan(1);
  });

  test.each([
    ['of rows with too few columns', 'ab\n'.repeat(130_000), 130_000],
    ['of quotes that are never closed', `a,"${'x'.repeat(20_100)}\n`.repeat(20), 20],
  ])('%s is read within two seconds', async (_name, rows, count) => {
    const { reading, worked } = await watched(Buffer.from(`${headers.whole}\n${rows}`));
    expect(worked).toBeLessThan(2_000);
    expect(reading).toMatchObject({ read: true, file: { rejectedCount: count, unnamed: count } });
    expect(reading.read && reading.file.rejected.length).toBe(Math.min(count, 1_000));
  });

  test('of good rows lets others have their turn between slices', async () => {
    const rows = Array.from({ length: 40_000 }, (_, index) => `Iestāde ${index % 50},Pakalpojums ${index},x,54`);
    const { reading, beats, longest } = await watched(Buffer.from([headers.unused, ...rows].join('\n')));
    expect(reading.read && reading.file.entries.size).toBe(40_000);
    expect(beats).toBeGreaterThan(10);
    expect(longest).toBeLessThan(100);
  });

  test('of rows of one entry does not make an ever longer list', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `VSAA,,Slimības pabalsts,,,,,,event_${index}`);
    const file = await read([headers.whole, ...rows].join('\n'));
    expect(file.entries.get(sick)?.lifeEvents).toHaveLength(50);
    expect(file).toMatchObject({ rejectedCount: 9_950, unnamed: 0, unclear: new Set([sick]) });
  });
});
