/**
 * Which service a client comes for: Tables 8 (at the desk), 9 (authorised e-services) and 10 (contact channels). The
 * tables list the fifteen most frequent and say which part of all services they cover; the rest, and the rows that
 * nobody identified, is drawn from the services that the institutions complete most in the same channel (Tables 47 to
 * 53) and from those of the centre's own municipality. None of the rest comes more often than the last of the fifteen,
 * or it would be among them.
 */

import { holderIdOf, isCollectiveRow } from '../sample-data/catalogue-identity.ts';
import { sharedServices } from '../sample-data/municipal-services.ts';
import { readTable } from '../sample-data/source-tables.ts';
import { fillUpTo } from './fill-up-to.ts';

/** The way in which a case comes to be: a desk, an authorised e-service at a desk, or a remote channel. */
export const demandKinds = ['desk', 'authorised_e_service', 'remote'] as const;
export type DemandKind = (typeof demandKinds)[number];

export interface DemandedService {
  readonly holderId: string;
  readonly titleLv: string;
}

export interface WeightedService extends DemandedService {
  readonly weight: number;
}

interface Mix {
  /** All services of the kind in the period of the report, counted or not in its fifteen rows. */
  readonly total: number;
  readonly named: readonly WeightedService[];
  /** What the named rows leave over, out of `total`. */
  readonly rest: number;
}

const tableOf: Readonly<Record<DemandKind, string>> = {
  desk: 't08_top15_in_person.csv',
  authorised_e_service: 't09_top15_authorised_eservices.csv',
  remote: 't10_top15_contact_centre.csv',
};

function readMix(file: string): Mix {
  const rows = readTable(file);
  const items = rows.filter((row) => row['row_kind'] === 'item');
  const printedTotal = Number(rows.find((row) => row['row_kind'] === 'total')?.['count']);
  const shareOfAll = Number(rows.find((row) => row['row_kind'] === 'share_of_all')?.['percent']) / 100;
  const printed = items.reduce((sum, row) => sum + Number(row['count'] || 0), 0);
  // The one count that the text has lost (LAD in Table 8) is what the printed total leaves over.
  const countOf = (text: string | undefined): number => (text ? Number(text) : printedTotal - printed);
  const named = items
    .filter((row) => !isCollectiveRow(row['institution'] ?? '', row['service_name'] ?? ''))
    .map((row) => ({
      holderId: holderIdOf(row['institution'] ?? ''),
      titleLv: row['service_name'] ?? '',
      weight: countOf(row['count']),
    }));
  const total = printedTotal / shareOfAll;
  return { total, named, rest: total - named.reduce((sum, { weight }) => sum + weight, 0) };
}

export const mixes: Readonly<Record<DemandKind, Mix>> = {
  desk: readMix(tableOf.desk),
  authorised_e_service: readMix(tableOf.authorised_e_service),
  remote: readMix(tableOf.remote),
};

/** Part of the rest that goes to services of the municipality; the other part to institutions. An assumption. */
const municipalPart = 0.4;

const popular = (channels: readonly string[]): WeightedService[] => {
  const counts = new Map<string, WeightedService>();
  for (const row of readTable('t47_53_popular_services.csv')) {
    const completed = Number(row['completed_count'] || 0);
    if (row['is_total'] === '1' || completed === 0 || !channels.includes(row['channel'] ?? '')) continue;
    const service = { holderId: holderIdOf(row['institution'] ?? ''), titleLv: row['service_name'] ?? '' };
    const key = `${service.holderId}\n${service.titleLv}`;
    counts.set(key, { ...service, weight: (counts.get(key)?.weight ?? 0) + completed });
  }
  return [...counts.values()];
};

const channelsOf: Readonly<Record<DemandKind, readonly string[]>> = {
  desk: ['in_person'],
  authorised_e_service: [],
  remote: ['phone', 'email'],
};

/** Services of institutions that are none of the fifteen, with what they take of the rest; and what stays. */
function othersOf(kind: DemandKind): { readonly services: readonly WeightedService[]; readonly left: number } {
  const { named, rest } = mixes[kind];
  const same = (one: DemandedService, other: DemandedService): boolean =>
    one.holderId === other.holderId && one.titleLv === other.titleLv;
  const services = popular(channelsOf[kind]).filter((service) => !named.some((each) => same(each, service)));
  const cap = Math.min(...named.map(({ weight }) => weight));
  const filled = fillUpTo(
    cap,
    (1 - municipalPart) * rest,
    services.map(({ weight }) => weight),
  );
  return {
    services: services.map((service, index) => ({ ...service, weight: filled.amounts[index] ?? 0 })),
    left: filled.left + municipalPart * rest,
  };
}

const others: Readonly<Record<DemandKind, ReturnType<typeof othersOf>>> = {
  desk: othersOf('desk'),
  authorised_e_service: othersOf('authorised_e_service'),
  remote: othersOf('remote'),
};

/** Cases that come by a kind of demand, as a part of all: 58.6, 7.8 and 33.7 % by the totals of the three tables. */
export const kindShare = (kind: DemandKind): number =>
  mixes[kind].total / demandKinds.reduce((sum, each) => sum + mixes[each].total, 0);

/** The services asked for in one way at the centres of one municipality, with their weights; they add up to 1. */
export function servicesAsked(kind: DemandKind, municipalHolderId: string): WeightedService[] {
  const { named, total, rest } = mixes[kind];
  const { services, left } = others[kind];
  if (services.length === 0) {
    // Authorised e-services: the fifteen are all but a few, and no municipality has any.
    return named.map((service) => ({ ...service, weight: service.weight / (total - rest) }));
  }
  return [
    ...[...named, ...services].map((service) => ({ ...service, weight: service.weight / total })),
    ...sharedServices.map(([titleLv]) => ({
      holderId: municipalHolderId,
      titleLv,
      weight: left / sharedServices.length / total,
    })),
  ];
}
