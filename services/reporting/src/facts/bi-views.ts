/** What the views for people with a BI tool mean; the database carries these texts as comments. */

export interface DocumentedView {
  readonly name: string;
  readonly means: string;
  /** Columns whose names do not say everything. */
  readonly columns: Readonly<Record<string, string>>;
}

export const detailViews: readonly DocumentedView[] = [
  {
    name: 'counted_services',
    means:
      'One row a countable service, corrections taken out: the only source of service counts. Join nothing: names are there.',
    columns: {
      counted_at: 'When the help at the desk was recorded.',
      channel: 'Channel by which the client came.',
      clerk_minutes: 'Minutes of the clerk for this service.',
      cross_border: 'The client is from another country.',
      rule_version: 'Version of the counting rule that made the count.',
      case_id: 'Case in which the service was counted; a case is counted once.',
    },
  },
  {
    name: 'cases',
    means: 'One row a case as it stands now, with channels, clerk minutes and times of each stage. No personal data.',
    columns: {
      stage:
        'Stage now: registered, consulted, requested, in_execution, awaiting_information, returned, decided, delivered, closed, withdrawn.',
      centre_id: 'Centre that handles the case now; registered_centre_id is where it was opened.',
      anonymous: 'Opened without a client (information only).',
      first_requested_at:
        'First time that the service was requested; later requests after a wrong authority do not move it.',
      first_accepted_at: 'First time that a holder accepted the request.',
      first_decided_at: 'First decision; a decision after reopening does not move it.',
      first_delivered_at: 'First delivery of a result.',
      ended_at: 'When the case was closed or withdrawn; empty while it is open or was reopened.',
      outcome: 'Last decision: granted, refused, partly.',
      evaluation: 'Last evaluation by the client, 1 (worst) to 5 (best).',
      minutes_total: 'Clerk minutes of all stages together.',
      wrong_authority: 'How often a holder rejected the request as wrong authority.',
    },
  },
  {
    name: 'services',
    means: 'The public service catalogue: one row an entry, retired ones too.',
    columns: { retired: 'The entry has vanished from the source that named it.', origin: 'report, or invented.' },
  },
  {
    name: 'centres',
    means: 'The network of centres: one row a centre, closed ones too.',
    columns: { origin: 'report, or invented.' },
  },
  {
    name: 'holder',
    means: 'Institutions and municipalities by id, named by their catalogue entry with the lowest id.',
    columns: {},
  },
  { name: 'municipality', means: 'Municipalities by id, named by their centre with the lowest id.', columns: {} },
];
