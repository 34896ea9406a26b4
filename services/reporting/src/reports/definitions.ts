/**
 * The reports and every measure in them, defined once: the routes print these texts beside the figures, the database
 * carries them as comments on views and columns, and `docs/reports.md` is written from them.
 */

/** A column of a report: its SQL name, type and what it means. Texts are plain ASCII, since headers carry them. */
export interface Column {
  readonly name: string;
  readonly type: 'id' | 'code' | 'text' | 'count' | 'minutes' | 'percent' | 'score' | 'number';
  readonly means: string;
}

export interface Report {
  /** Name in the address, e.g. `top-services`; the view is `report_top_services`, the SQL `sql/top-services.sql`. */
  readonly name: string;
  readonly title: string;
  readonly definition: string;
  /** What `from` and `to` limit: local days in Europe/Riga, both included. */
  readonly period: string;
  readonly columns: readonly Column[];
  /** The report ranks rows in groups; `top` keeps the first ones of each. */
  readonly ranked?: true;
}

const column = (type: Column['type'], name: string, means: string): Column => ({ name, type, means });

/** Measures and attributes that more than one report shows. */
const shared = {
  channel: column(
    'code',
    'channel',
    'Channel by which the client came: in_person, phone, sms, email, form, chat, social, e_service, post.',
  ),
  serviceId: column('id', 'service_id', 'Id of the service in the public service catalogue.'),
  serviceTitle: column(
    'text',
    'service_title',
    'Title of the service in Latvian; empty while the catalogue entry has not arrived.',
  ),
  holderId: column('id', 'holder_id', 'Id of the institution or municipality competent for the service.'),
  holderName: column('text', 'holder_name', 'Name of the holder; empty while no catalogue entry of it has arrived.'),
  centreId: column('id', 'centre_id', 'Id of the centre that handles the case.'),
  centreName: column('text', 'centre_name', 'Name of the centre; empty while the centre has not arrived.'),
  level: column(
    'code',
    'level',
    'What the row sums up: all cases, one holder, one service of a holder, or one centre.',
  ),
  servicesCounted: column(
    'count',
    'services_counted',
    'Countable services: ServiceCounted events that no ServiceCountCorrected has taken back. Nothing else counts a service.',
  ),
  casesRegistered: column(
    'count',
    'cases_registered',
    'Cases opened: one for each CaseRegistered event, whatever became of the case.',
  ),
} as const;

const lengthOf = (name: string, what: string, middle: 'median' | '90th percentile'): Column =>
  column(
    'minutes',
    name,
    `${middle === 'median' ? 'Median' : '90th percentile'} of the elapsed minutes from ${what}, interpolated between neighbours (percentile_cont).`,
  );

const lengthsOf = (name: string, what: string): Column[] => [
  lengthOf(`minutes_to_${name}_median`, what, 'median'),
  lengthOf(`minutes_to_${name}_p90`, what, '90th percentile'),
];

const placeColumns = [
  shared.level,
  shared.holderId,
  shared.holderName,
  shared.serviceId,
  shared.serviceTitle,
  shared.centreId,
  shared.centreName,
];

export const reports: readonly Report[] = [
  {
    name: 'top-services',
    title: 'Top services by channel',
    definition:
      'For each channel, the services in the order of how often they were counted; equals are ordered by cases opened, then by title. Intake counts help at a desk, once a case; remote contacts are counted by contact routing, so their channels show cases opened only.',
    period: 'when the service was counted, or the case opened',
    ranked: true,
    columns: [
      shared.channel,
      column('number', 'rank', 'Place of the service within its channel; 1 is the most frequent.'),
      shared.serviceId,
      shared.serviceTitle,
      shared.holderId,
      shared.holderName,
      shared.servicesCounted,
      column(
        'percent',
        'share_percent',
        'Share of the countable services of the channel, in percent; empty where none was counted.',
      ),
      shared.casesRegistered,
      column(
        'minutes',
        'clerk_minutes_per_service',
        'Clerk minutes of the countable services, divided by their number.',
      ),
    ],
  },
  {
    name: 'cases-by-state',
    title: 'Cases by state, centre and holder',
    definition:
      'Every case once, in the stage that it is in now, at the centre that handles it now and with the holder that it was last addressed to.',
    period: 'when the case was opened',
    columns: [
      column(
        'code',
        'stage',
        'Stage of the case: registered, consulted, requested, in_execution, awaiting_information, returned, decided, delivered, closed, withdrawn.',
      ),
      shared.centreId,
      shared.centreName,
      column('id', 'municipality_id', 'Id of the municipality of the centre.'),
      column('text', 'municipality_name', 'Name of the municipality; empty while no centre of it has arrived.'),
      shared.holderId,
      shared.holderName,
      column('count', 'cases', 'Cases in that stage.'),
    ],
  },
  {
    name: 'times',
    title: 'Times from request to result',
    definition:
      'Elapsed time, nights and weekends included, of cases that were requested: from opening to the first request, from the first request to the first decision, and from the first request to the first delivery of a result. A case without a decision or result is counted as requested and takes no part in that length. Shown for all cases, each holder, each service and each centre.',
    period: 'when the service was first requested',
    columns: [
      ...placeColumns,
      column('count', 'cases_requested', 'Cases with a ServiceRequested event.'),
      column('count', 'cases_decided', 'Of these, cases with a DecisionMade event.'),
      column('count', 'cases_delivered', 'Of these, cases with a ResultDelivered event.'),
      ...lengthsOf('request', 'the opening of the case to its first request'),
      ...lengthsOf('decision', 'the first request to the first decision'),
      ...lengthsOf('result', 'the first request to the first delivery of a result'),
    ],
  },
  {
    name: 'demand',
    title: 'Demand by weekday and hour',
    definition:
      'Cases opened and services counted in each hour of the week, by the clock in Riga (summer time included). All 168 hours are shown.',
    period: 'when the case was opened, or the service counted',
    columns: [
      column('number', 'weekday', 'Day of the week, 1 is Monday (ISO 8601).'),
      column('code', 'weekday_name', 'Name of the day in English.'),
      column('number', 'hour', 'Hour of the day in Europe/Riga; 8 is from 08:00 to 08:59.'),
      shared.casesRegistered,
      shared.servicesCounted,
      column('percent', 'share_percent', 'Share of all cases opened, in percent; empty where there are none.'),
    ],
  },
  {
    name: 'handling',
    title: 'Channels and clerk minutes by stage',
    definition:
      'For each stage of the service and each channel: cases that passed the stage by that channel (the last one, where a stage was passed several times) and the minutes that clerks recorded for it.',
    period: 'when the case was opened',
    columns: [
      column('code', 'stage', 'Stage of the service: information, consultation, request, execution, result.'),
      shared.channel,
      column('count', 'cases', 'Cases that passed the stage by that channel.'),
      column('minutes', 'clerk_minutes', 'Minutes that clerks recorded in that stage, added up.'),
      column('minutes', 'clerk_minutes_per_case', 'The same for one case.'),
    ],
  },
  {
    name: 'quality',
    title: 'Quality by holder, service and centre',
    definition:
      'How cases went: evaluations, outcomes, and what had to be done again. A case counts once in each column. Shown for all cases, each holder, each service and each centre.',
    period: 'when the case was opened',
    columns: [
      ...placeColumns,
      shared.casesRegistered,
      column('count', 'cases_evaluated', 'Cases that the client has evaluated.'),
      column('score', 'evaluation_average', 'Average of the last evaluation of each case, 1 (worst) to 5 (best).'),
      column('count', 'cases_granted', 'Cases whose last decision grants what was asked for.'),
      column('count', 'cases_granted_partly', 'Cases whose last decision grants a part.'),
      column('count', 'cases_refused', 'Cases whose last decision refuses.'),
      column(
        'count',
        'cases_sent_to_wrong_authority',
        'Cases that a holder has rejected as wrong authority at least once.',
      ),
      column(
        'count',
        'cases_asked_for_information',
        'Cases in which the client was asked for information at least once.',
      ),
      column('count', 'cases_reopened', 'Cases reopened at least once.'),
      column('count', 'cases_withdrawn', 'Cases that are withdrawn now.'),
    ],
  },
];

export type ReportName = (typeof reports)[number]['name'];

export const viewOf = (report: Report): string => `report_${report.name.replaceAll('-', '_')}`;

export const findReport = (name: string): Report | undefined => reports.find((report) => report.name === name);
