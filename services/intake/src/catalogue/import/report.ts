/** What an import did, in numbers. */
import Type, { type Static } from 'typebox';
import type { ServiceCommand, ServiceEvent } from '../service.ts';
import type { CatalogueFile } from './catalogue-file.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const importReportSchema = Type.Object({
  source: Type.String({ description: 'Name of the file or table.' }),
  origin: Type.String(),
  entries: count('Entries that the file names; rows of one entry are put together.'),
  listed: count('New entries.'),
  relisted: count('Entries that had retired and are there again.'),
  changed: count('Entries of which something is different now.'),
  unchanged: count('Entries that made no event.'),
  sourcesAdded: count('Entries that other sources named before this one.'),
  retired: count('Entries that vanished from their only source.'),
  sourcesRemoved: count('Entries that vanished from this source and are still named by another.'),
  keptForBadRows: count(
    'Entries that the file does not name and that stay all the same: a bad row does not tell which entry it names, and it could be one of these. They vanish with the next import without such a row.',
  ),
  collective: count('Rows that are totals or gather what nobody identified.'),
  rejectedCount: count('Bad rows.'),
  rejected: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() }), {
    description: 'The first thousand bad rows, by line of the file (or number of the row in JSON).',
  }),
});
export type ImportReport = Static<typeof importReportSchema>;

export interface Tally {
  readonly counts: Readonly<Record<Counted, number>>;
  add(command: ServiceCommand['type'], events: readonly ServiceEvent[]): void;
}

type Counted = 'listed' | 'relisted' | 'changed' | 'unchanged' | 'sourcesAdded' | 'retired' | 'sourcesRemoved';

const countedAs = {
  'intake.ServiceListed': 'listed',
  'intake.ServiceRelisted': 'relisted',
  'intake.ServiceChanged': 'changed',
  'intake.ServiceSourceAdded': 'sourcesAdded',
  'intake.ServiceRetired': 'retired',
  'intake.ServiceSourceRemoved': 'sourcesRemoved',
} as const satisfies Readonly<Record<ServiceEvent['type'], Counted>>;

/** Counts the events that entries made; an entry can count as both a source added and changed. */
export function tallied(): Tally {
  const counts = { listed: 0, relisted: 0, changed: 0, unchanged: 0, sourcesAdded: 0, retired: 0, sourcesRemoved: 0 };
  return {
    counts,
    add(command, events) {
      if (command === 'state' && events.length === 0) counts.unchanged += 1;
      for (const { type } of events) counts[countedAs[type]] += 1;
    },
  };
}

export const reportOf = (
  source: string,
  file: CatalogueFile,
  { counts }: Tally,
  keptForBadRows: number,
): ImportReport => ({
  source,
  origin: file.origin,
  entries: file.entries.size,
  ...counts,
  keptForBadRows,
  collective: file.collective,
  rejectedCount: file.rejectedCount,
  rejected: file.rejected.map(({ line, reason }) => ({ line, reason })),
});
