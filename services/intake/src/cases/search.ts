import type pg from 'pg';
import type { CaseRow } from './case-view.ts';

export interface SearchFilter {
  readonly serviceId?: string | undefined;
  readonly holderId?: string | undefined;
  readonly centreId?: string | undefined;
  readonly stages?: readonly string[] | undefined;
  /** Registered from this instant on. */
  readonly from?: Date | undefined;
  /** Registered before this instant. */
  readonly to?: Date | undefined;
}

/** What the caller may see; neither centres nor holders: everything. */
export interface SearchScope {
  readonly centreIds?: readonly string[];
  readonly holderIds?: readonly string[];
}

/** Where a page starts: behind the row with this time and id. */
export interface SearchPlace {
  readonly registeredAt: string;
  readonly caseId: string;
}

const SELECT = `
  select found.*, service.title_lv, service.title_en, service.holder_name
    from (select c.* from cases.service_case c where `;
const ORDER = ` order by c.registered_at desc, c.case_id desc limit `;
const JOIN = `) found
    left join catalogue.service service using (service_id)
   order by found.registered_at desc, found.case_id desc`;

/**
 * Cases newest first. The conditions that are not asked for are left out of the statement, so that the planner sees
 * which of the indexes fits; the values are bound.
 */
export async function searchCases(
  tx: pg.ClientBase,
  scope: SearchScope,
  filter: SearchFilter,
  behind: SearchPlace | undefined,
  take: number,
): Promise<CaseRow[]> {
  const values: unknown[] = [];
  const bound = (value: unknown): string => `$${values.push(value)}`;
  const among = (column: Among, ids: readonly string[]): string =>
    ids.length === 1 ? `c.${column} = ${bound(ids[0])}` : `c.${column} = any (${bound(ids)}::${types[column]}[])`;
  const conditions = [
    ...scopeConditions(scope, among),
    ...given(filter.serviceId, (id) => `c.service_id = ${bound(id)}`),
    ...given(filter.holderId, (id) => `c.holder_id = ${bound(id)}`),
    ...given(filter.centreId, (id) => `c.centre_id = ${bound(id)}`),
    ...given(filter.stages, (stages) => among('stage', stages)),
    ...given(filter.from, (from) => `c.registered_at >= ${bound(from)}`),
    ...given(filter.to, (to) => `c.registered_at < ${bound(to)}`),
    ...given(
      behind,
      (place) => `(c.registered_at, c.case_id) < (${bound(place.registeredAt)}, ${bound(place.caseId)})`,
    ),
  ];
  const text = `${SELECT}${conditions.join(' and ') || 'true'}${ORDER}${bound(take)}${JOIN}`;
  const { rows } = await tx.query<CaseRow>(text, values);
  return rows;
}

const types = { stage: 'text', centre_id: 'uuid', holder_id: 'text' } as const;
type Among = keyof typeof types;

const given = <T>(value: T | undefined, condition: (value: T) => string): string[] =>
  value === undefined ? [] : [condition(value)];

/** A case is within when its centre or its holder is the caller's. */
function scopeConditions(
  { centreIds, holderIds }: SearchScope,
  among: (column: Among, ids: readonly string[]) => string,
): string[] {
  if (centreIds === undefined && holderIds === undefined) return [];
  const parts = [
    ...(centreIds?.length ? [among('centre_id', centreIds)] : []),
    ...(holderIds?.length ? [among('holder_id', holderIds)] : []),
  ];
  return [parts.length === 0 ? 'false' : `(${parts.join(' or ')})`];
}

/** The place of a row in a search. */
export const placeInSearch = (row: CaseRow): SearchPlace => ({
  registeredAt: row.registered_at.toISOString(),
  caseId: row.case_id,
});
