import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCentreFile } from './centre-file.ts';
import { dataFolder } from './source-tables.ts';

const header = 'slug,centre_id,name,kind,municipality_id,municipality_name,address,opening_hours,origin';
const row = 'a,11111111-1111-5111-8111-111111111111,A,parish,m,M,"Street 1, A",1 08:30-12:00 12:30-17:00,invented';

describe('a file of centres', () => {
  test('is read in full: the sample has 587', () => {
    const { centres, rejected } = readCentreFile(readFileSync(new URL('invented/centres.csv', dataFolder), 'utf8'));
    expect(centres).toHaveLength(587);
    expect(rejected).toEqual([]);
  });

  test('gives opening hours with their breaks', () => {
    expect(readCentreFile(`${header}\n${row}\n`).centres).toMatchObject([
      {
        name: 'A',
        address: 'Street 1, A',
        openingHours: [
          {
            weekday: 1,
            periods: [
              { opens: '08:30', closes: '12:00' },
              { opens: '12:30', closes: '17:00' },
            ],
          },
        ],
      },
    ]);
  });

  test('has bad rows told by line, and the rest read', () => {
    const bad = row.replace('1 08:30-12:00', '1 12:00-08:30');
    const empty = row.replace(',parish,', ',,');
    const { centres, rejected } = readCentreFile(`${header}\n${row}\n${bad}\n${empty}\n${row}\n`);
    expect(centres).toHaveLength(2);
    expect(rejected.map(({ line }) => line)).toEqual([3, 4]);
    expect(rejected.map(({ reason }) => reason).join()).toMatch(/out of order.*kind is empty/);
  });

  test.each([
    ['', 'no rows'],
    ['a,b\n1,2\n', 'columns are missing: centre_id'],
  ])('that is none is refused', (text, why) => expect(() => readCentreFile(text)).toThrow(why));
});
