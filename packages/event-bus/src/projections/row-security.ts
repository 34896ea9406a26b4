import pg from 'pg';
import type { Projection, Queryable } from '../types.ts';
import type { ProjectionRoles } from './prepare.ts';

/** Columns that say whose a row is. A caller sees a row when one of them names a place of the caller's. */
export interface Belonging {
  readonly centre?: string;
  readonly holder?: string;
  readonly subject?: string;
}

/**
 * Switches row security on for the tables that say to whom their rows belong, as the owner, in the schema that is
 * first on the search path. The service sees what the caller of the transaction may see; people with a BI tool see
 * all figures, which hold no personal data.
 */
export async function secureRows(client: Queryable, { tables }: Projection, roles: ProjectionRoles): Promise<void> {
  for (const [name, { belongsTo }] of Object.entries(tables)) {
    if (belongsTo === undefined) continue;
    const table = pg.escapeIdentifier(name);
    await client.query(`alter table ${table} enable row level security`);
    await client.query(
      `create policy callers on ${table} to ${pg.escapeIdentifier(roles.writer)} using (${conditionOf(belongsTo)})`,
    );
    await client.query(
      `create policy figures on ${table} for select to ${pg.escapeIdentifier(roles.reader)} using (true)`,
    );
  }
}

/** Looked up once a query, not once a row: each `select` in it stands by itself. */
function conditionOf({ centre, holder, subject }: Belonging): string {
  const among = (column: string, kind: string): string =>
    `${pg.escapeIdentifier(column)}::text = any ((select event_bus.caller_places('${kind}'))::text[])`;
  return [
    '(select event_bus.caller_sees_all())',
    ...(centre === undefined ? [] : [among(centre, 'centreIds')]),
    ...(holder === undefined ? [] : [among(holder, 'holderIds')]),
    ...(subject === undefined
      ? []
      : [`${pg.escapeIdentifier(subject)}::text = (select event_bus.caller() ->> 'subjectId')`]),
  ].join(' or ');
}
