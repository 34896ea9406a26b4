import { detailViews } from '../facts/bi-views.ts';
import { type Report, reports, viewOf } from './definitions.ts';

const picture = `\`\`\`mermaid
flowchart LR
  case[topic intake.case] --> facts
  service[topic intake.service] --> facts
  centre[topic intake.centre] --> facts
  subgraph facts [projection facts]
    counted_service[(counted_service)]
    case_fact[(case_fact)]
    names[(service, centre)]
  end
  facts --> views[views report_… and counted_services, cases, services, centres]
  views --> bi[BI tool, role reporting_reader]
  facts --> routes[GET /v1/reports/…]
\`\`\``;

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');

const escaped = (cell: string): string => cell.replaceAll('|', '\\|');

const sectionOf = (report: Report): string =>
  [
    `## ${report.title}`,
    report.definition,
    tableOf(
      ['where', 'what'],
      [
        ['JSON', `\`GET /v1/reports/${report.name}\``],
        ['CSV', `\`GET /v1/reports/${report.name}.csv\``],
        ['view', `\`facts.${viewOf(report)}\``],
        ['period (`from`, `to`)', `${report.period}; local days in Europe/Riga, both included`],
        ['filters', `\`centreId\`, \`holderId\`${report.ranked ? ', `top` (places in each group)' : ''}`],
      ],
    ),
    tableOf(
      ['column', 'type', 'means'],
      report.columns.map(({ name, type, means }) => [`\`${name}\``, type, means]),
    ),
  ].join('\n\n');

/** The page \`docs/reports.md\`, made of the definitions; a test finds any drift. */
export const docsPage = (): string =>
  `${[
    '# Reports',
    'Written by `services/reporting/src/reports/write-docs.ts` from the definitions in `definitions.ts`; edit those.',
    'Every figure comes from events: rebuilt from the topics, the tables have the same bytes, on any day and in whatever order the topics arrive. Names of services, holders and centres are joined when reading. There is no personal data in any table.',
    picture,
    'Each answer of the service carries the definition, `asOf` (for each topic and partition the offset and time of the last event in the figures) and `lag` (events behind, seconds, and when Kafka was last asked: where it has not answered for 30 s, the silence counts as lag). JSON has the columns in camelCase, CSV and the views in snake_case. Supervisors see their own centre, specialists their own holder, auditors and integration engineers everything; a foreign centre or holder answers as one that is not there.',
    'A BI tool connects to the PostgreSQL of reporting as `reporting_reader`, in any client that speaks PostgreSQL. On a local copy the address, with the password, is `postgres.reporting.reader` of `.vienuviet/endpoints.json`:',
    [
      '```sh',
      `psql "$(node -p "JSON.parse(fs.readFileSync('\${VIENUVIET_DATA:-.vienuviet}/endpoints.json')).postgres.reporting.reader")" \\`,
      "  -c 'select channel, rank, service_title, services_counted from facts.report_top_services where rank <= 3'",
      '```',
    ].join('\n'),
    'The role reads the views below and, since views run with the rights of who asks, the tables under them; it writes nothing. Comments on views and columns carry the texts of this page.',
    ...reports.map(sectionOf),
    '## Detail for BI tools',
    tableOf(
      ['view', 'one row is'],
      detailViews.map(({ name, means }) => [`\`facts.${name}\``, means]),
    ),
  ].join('\n\n')}\n`;
