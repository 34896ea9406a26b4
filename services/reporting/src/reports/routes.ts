import { type App, notFound, scopeOf } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import Type, { type Static } from 'typebox';
import { asOfSchema, freshness, lagSchema } from './as-of.ts';
import { toCsv } from './csv.ts';
import { type Column, findReport, type Report, reports, viewOf } from './definitions.ts';
import { filterOf, type ReportQuery, ranksOf, reportQuerySchema } from './filter.ts';
import { type ReportRow, runReport } from './run-report.ts';

const columnSchema = Type.Object({
  name: Type.String({ description: 'Field of the rows.' }),
  column: Type.String({ description: 'Column of the view and of the CSV.' }),
  type: Type.String(),
  definition: Type.String(),
});

const definitionSchema = {
  name: Type.String(),
  title: Type.String(),
  definition: Type.String({ description: 'How the figures are made.' }),
  period: Type.String({ description: 'What from and to limit.' }),
  view: Type.String({ description: 'The same figures for a BI tool: the view in the database, unfiltered.' }),
  columns: Type.Array(columnSchema),
};

const reportSchema = Type.Object({
  ...definitionSchema,
  filters: Type.Object({
    from: Type.Union([Type.String(), Type.Null()]),
    to: Type.Union([Type.String(), Type.Null()]),
    centreId: Type.Union([Type.String(), Type.Null()]),
    holderId: Type.Union([Type.String(), Type.Null()]),
  }),
  asOf: asOfSchema,
  lag: lagSchema,
  rows: Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))),
});

export interface ReportParts {
  readonly pool: pg.Pool;
  readonly clock: () => Date;
}

export function addReportRoutes(app: App, parts: ReportParts): void {
  app.get(
    '/v1/reports',
    {
      config: { policy: policies.reportsRead },
      schema: {
        tags: ['reports'],
        summary: 'All reports with their definitions',
        response: { 200: Type.Object({ reports: Type.Array(Type.Object(definitionSchema)) }) },
      },
    },
    async () => ({ reports: reports.map(definitionOf) }),
  );

  app.get(
    '/v1/reports/:name',
    {
      config: { policy: policies.reportsRead },
      schema: {
        tags: ['reports'],
        summary: 'One report',
        description: [
          `Names: ${reports.map((report) => `\`${report.name}\``).join(', ')}; with \`.csv\` behind it, or with \`format=csv\`, as CSV.`,
          'Supervisors see their own centre, specialists their own holder; a foreign centre or holder answers as one that is not there.',
          'Every answer says up to which event it is true (`asOf`) and how far that is behind (`lag`); CSV says it in the headers `Report-As-Of` and `Report-Lag`.',
        ].join(' '),
        params: Type.Object({ name: Type.String({ pattern: '^[a-z][a-z-]{0,40}(\\.csv)?$' }) }),
        querystring: reportQuerySchema,
        response: {
          200: {
            description: 'The report.',
            headers: {
              'Report-Definition': Type.String({ description: 'CSV: how the figures are made.' }),
              'Report-As-Of': Type.String({ description: 'CSV: `<topic>/<partition>@<offset>` of the last events.' }),
              'Report-Lag': Type.String({ description: 'CSV: `events=<n>, seconds=<n>, checkedAt=<instant>`.' }),
            },
            content: { 'application/json': { schema: reportSchema }, 'text/csv': { schema: Type.String() } },
          },
        },
      },
    },
    (request, reply) => answerReport(request, reply, request.params.name, request.query, parts),
  );
}

async function answerReport(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  query: ReportQuery,
  { pool, clock }: ReportParts,
): Promise<string | Static<typeof reportSchema>> {
  const report = findReport(name.replace(/\.csv$/, ''));
  if (report === undefined) throw notFound();
  const filter = filterOf(request, query);
  const { rows, partitions } = await runReport(pool, scopeOf(request), report, filter, ranksOf(report, query));
  const fresh = freshness(partitions, clock());
  if (query.format === 'csv' || name.endsWith('.csv')) return answerCsv(reply, report, rows, fresh);
  const { from, to, centreId, holderId } = filter;
  return {
    ...definitionOf(report),
    filters: { from, to, centreId, holderId },
    ...fresh,
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [camelCase(column), value])),
    ),
  };
}

function answerCsv(
  reply: FastifyReply,
  report: Report,
  rows: readonly ReportRow[],
  { asOf, lag }: ReturnType<typeof freshness>,
): string {
  reply.type('text/csv; charset=utf-8; header=present');
  reply.header('content-disposition', `attachment; filename="${report.name}.csv"`);
  reply.header('report-definition', report.definition);
  reply.header(
    'report-as-of',
    asOf.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).join(', '),
  );
  reply.header('report-lag', `events=${lag.events}, seconds=${lag.seconds}, checkedAt=${lag.checkedAt ?? 'never'}`);
  return toCsv(report, rows);
}

const definitionOf = (report: Report): Static<Type.TObject<typeof definitionSchema>> => ({
  name: report.name,
  title: report.title,
  definition: report.definition,
  period: report.period,
  view: `facts.${viewOf(report)}`,
  columns: report.columns.map(describeColumn),
});

const describeColumn = ({ name, type, means }: Column): Static<typeof columnSchema> => ({
  name: camelCase(name),
  column: name,
  type,
  definition: means,
});

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
