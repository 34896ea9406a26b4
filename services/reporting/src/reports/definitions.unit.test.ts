import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detailViews } from '../facts/bi-views.ts';
import { reports, viewOf } from './definitions.ts';
import { docsPage } from './docs-page.ts';
import { reportQuery, viewSelect } from './report-sql.ts';

const root = new URL('../../../../', import.meta.url);

describe('the definitions of the reports', () => {
  test('docs/reports.md is what the definitions say', () => {
    expect(readFileSync(new URL('docs/reports.md', root), 'utf8')).toBe(docsPage());
  });

  test('every report has its SQL, and no SQL is left over', () => {
    const files = readdirSync(new URL('./sql/', import.meta.url)).sort();
    expect(files).toEqual(reports.map((report) => `${report.name}.sql`).sort());
  });

  test('names are unique, and fit an address and a database', () => {
    const names = [...reports.map(viewOf), ...detailViews.map((view) => view.name)];
    expect(new Set(names).size).toBe(names.length);
    for (const report of reports) expect(report.name).toMatch(/^[a-z][a-z-]{0,40}$/);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z_]{0,50}$/);
  });

  test('texts are plain ASCII, since headers carry them, and every column says what it means', () => {
    for (const report of reports) {
      for (const text of [report.title, report.definition, report.period]) expect(text).toMatch(/^[\x20-\x7e]+$/);
      for (const column of report.columns) expect(column.means).toMatch(/^[\x20-\x7e]{10,}$/);
    }
  });

  test.each(reports.map((report) => [report.name, report] as const))(
    '%s is limited in the route and whole in the view',
    (_, report) => {
      expect(viewSelect(report)).not.toMatch(/in_scope|facts\.|\$\d/);
      const query = reportQuery(report);
      expect(query).not.toMatch(/in_scope/);
      // Every read of a fact table stands beside a limit.
      const reads = query.match(/\bfrom facts\.(case_fact|counted_service)\b/g) ?? [];
      const limits = query.match(/\$5::uuid\[\] is null/g) ?? [];
      expect(reads.length).toBeGreaterThan(0);
      expect(limits).toHaveLength(reads.length);
    },
  );
});
