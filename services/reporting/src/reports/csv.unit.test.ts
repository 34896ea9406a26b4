import { describe, expect, test } from 'vitest';
import { toCsv } from './csv.ts';
import type { Report } from './definitions.ts';

const report: Report = {
  name: 'sample',
  title: 'Sample',
  definition: 'A sample.',
  period: 'never',
  columns: [
    { name: 'service_title', type: 'text', means: 'Title of the service.' },
    { name: 'cases', type: 'count', means: 'Number of cases.' },
  ],
};

describe('a report as CSV', () => {
  test('has the columns of the view as header, in their order', () => {
    expect(toCsv(report, [{ cases: 3, service_title: 'Slimības pabalsts' }])).toBe(
      'service_title,cases\r\nSlimības pabalsts,3\r\n',
    );
  });

  test('quotes commas, quotes and line breaks, and leaves nothing for an empty value', () => {
    expect(toCsv(report, [{ cases: null, service_title: 'a,"b"\nc' }])).toBe(
      'service_title,cases\r\n"a,""b""\nc",\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])(
    'text that a spreadsheet would calculate is defused: %j',
    (text) => {
      expect(toCsv(report, [{ cases: -1, service_title: text }])).toContain(`'${text},-1`);
    },
  );

  test('without rows there is the header alone', () => {
    expect(toCsv(report, [])).toBe('service_title,cases\r\n');
  });
});
