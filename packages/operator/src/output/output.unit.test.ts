import type { DayOutcome } from '@vienuviet/simulation';
import { describe, expect, test } from 'vitest';
import { liveLine } from './console.ts';
import { outcomeText } from './day-outcome.ts';
import { tableLines } from './table.ts';

interface Row {
  readonly name: string;
  readonly count: number | null;
}

const columns = [
  { title: 'NAME', value: ({ name }: Row) => name, flexible: true as const },
  { title: 'COUNT', value: ({ count }: Row) => count },
];

describe('a table', () => {
  test('lines columns up, numbers to the right, and leaves no space at line ends', () => {
    const lines = tableLines(
      [
        { name: 'Ķekava', count: 1234 },
        { name: 'Rīga', count: null },
      ],
      columns,
    );
    expect(lines).toEqual(['NAME    COUNT', 'Ķekava  1,234', 'Rīga        –']);
  });

  test('cuts the flexible column to the width of the terminal', () => {
    const lines = tableLines([{ name: 'Slimības pabalsta piešķiršana', count: 1 }], columns, 25);
    expect(lines).toEqual(['NAME                COUNT', 'Slimības pabalsta…      1']);
  });

  test('of no rows is its header', () => {
    expect(tableLines([], columns)).toEqual(['NAME  COUNT']);
  });
});

describe('a live line', () => {
  const written = (live: boolean, clock: () => number) => {
    let text = '';
    const line = liveLine(
      {
        out: () => {},
        err: (more) => {
          text += more;
        },
        width: 20,
        live,
      },
      clock,
    );
    return { line, text: () => text };
  };

  test('is written over on a terminal', () => {
    const { line, text } = written(true, () => 0);
    line.say('one');
    line.say('two');
    line.end();
    expect(text()).toBe('\r\u001b[2Kone\r\u001b[2Ktwo\r\u001b[2K');
  });

  test('is a line every few seconds in a file, after the first two', () => {
    let now = 0;
    const { line, text } = written(false, () => now);
    for (const second of [0, 1, 2, 3, 6, 7, 11, 12]) {
      now = second * 1000;
      line.say(`at ${second}`);
    }
    line.end();
    expect(text()).toBe('at 2\nat 7\nat 12\n');
  });
});

describe('what came out of a day', () => {
  const outcome: DayOutcome = {
    seed: '1',
    date: '2026-11-20',
    digest: 'a'.repeat(64),
    centres: 587,
    cases: 791,
    commands: 3600,
    duplicates: 151,
    rivals: 82,
    countedServices: 400,
    feedEvents: 2500,
    items: 791,
    seconds: 21.4,
    retries: 0,
    differences: [],
    topServices: [
      { channel: 'in_person', rank: 1, title: 'Slimības pabalsts', holder: 'VSAA', counted: 60, opened: 66 },
    ],
    casesByState: { closed: 500, registered: 1 },
  };

  test('is told in tables, states in the order of a case', () => {
    const text = outcomeText(outcome);
    expect(text).toContain('in_person  1       60     66  Slimības pabalsts  VSAA');
    expect(text.indexOf('registered')).toBeLessThan(text.indexOf('closed'));
    expect(text).toContain('agree: 2,500 events of the feed, 791 items and the reports of 791 cases');
  });

  test('without any case says why, instead of that everything agrees', () => {
    const quiet = '2026-11-18 is a public holiday (Republic Day): all centres are closed';
    const text = outcomeText({ ...outcome, cases: 0, quiet });
    expect(text).toContain(`No cases: ${quiet}.\n`);
    expect(text).toContain('Nothing was done, and nothing of it is shown.');
    expect(text).not.toContain('agree');
  });

  test('shows differences, and how many more there are', () => {
    const difference = {
      where: 'feed',
      what: 'event_missing',
      of: 'cesis/3',
      expected: 'decided',
      found: 'nothing',
    } as const;
    const text = outcomeText({ ...outcome, differences: Array.from({ length: 40 }, () => difference) });
    expect(text).toContain('40 differences');
    expect(text).toContain('feed   event_missing  cesis/3  decided   nothing');
    expect(text).toContain('… and 10 more');
  });
});
