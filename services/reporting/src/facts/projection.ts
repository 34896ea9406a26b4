import { readFileSync } from 'node:fs';
import type { Projection } from '@vienuviet/event-bus';
import { reports, viewOf } from '../reports/definitions.ts';
import { viewSelect } from '../reports/report-sql.ts';
import { detailViews } from './bi-views.ts';
import { caseFact } from './case-fact.ts';
import { countedService } from './counted-service.ts';
import { centre, service } from './directory.ts';

const sqlFile = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const commentsOn = (view: string, means: string, columns: Iterable<readonly [string, string]>): string =>
  [
    `comment on view ${view} is ${literal(means)};`,
    ...Array.from(columns, ([column, text]) => `comment on column ${view}.${column} is ${literal(text)};`),
  ].join('\n');

const detailComments = detailViews.map((view) => commentsOn(view.name, view.means, Object.entries(view.columns)));

const reportViews = reports.map((report) => {
  const view = viewOf(report);
  const columns = report.columns.map((column) => [column.name, column.means] as const);
  return [
    `create view ${view} with (security_invoker = true) as\n${viewSelect(report)};`,
    commentsOn(view, `${report.title}. ${report.definition} Period: ${report.period}.`, columns),
  ].join('\n');
});

/** Names of all views that people with a BI tool may read. */
export const readableViews: readonly string[] = [...detailViews.map((view) => view.name), ...reports.map(viewOf)];

/** The tables alone, without the views over them. */
export const tablesSql = sqlFile('tables.sql');

/** Facts of the service accounting, from the cases, the catalogue and the centres. */
export const facts: Projection = {
  name: 'facts',
  version: 2,
  from: ['intake.case', 'intake.service', 'intake.centre'],
  sql: [tablesSql, sqlFile('views.sql'), ...detailComments, ...reportViews].join('\n'),
  tables: { counted_service: countedService, case_fact: caseFact, service, centre },
};
