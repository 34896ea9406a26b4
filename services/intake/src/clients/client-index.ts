import type { BlindIndex, IndexKind } from '@vienuviet/privacy';
import type pg from 'pg';

export interface IndexEntry {
  readonly kind: IndexKind;
  readonly blindIndex: Buffer;
}

export const entriesOf = (index: BlindIndex, values: readonly (readonly [IndexKind, string])[]): IndexEntry[] =>
  values.map(([kind, value]) => ({ kind, blindIndex: index.of(kind, value) }));

const removeSql = 'delete from intake.client_index where subject_id = $1';
/** Whoever comes second with the same code waits for the first and then adds nothing. */
const addSql = `
  insert into intake.client_index (kind, blind_index, subject_id)
  select kind, blind_index, $3 from unnest($1::text[], $2::bytea[]) as e(kind, blind_index) on conflict do nothing`;
const ownerSql = `
  select i.subject_id as "subjectId" from intake.client_index i
    join unnest($1::text[], $2::bytea[]) as e(kind, blind_index) using (kind, blind_index)
   where i.kind in ('personal_code', 'registration_number') and i.subject_id <> $3 limit 1`;
const findSql = `
  select subject_id as "subjectId" from intake.client_index where kind = $1 and blind_index = $2 order by 1 limit $3`;

/**
 * Makes a subject found by these entries and nothing else. Answers the subject that has one of the codes already, and
 * then changes nothing that a rollback would not undo.
 */
export async function replaceEntries(
  tx: Pick<pg.ClientBase, 'query'>,
  subjectId: string,
  entries: readonly IndexEntry[],
): Promise<string | undefined> {
  const columns = [entries.map(({ kind }) => kind), entries.map(({ blindIndex }) => blindIndex), subjectId];
  await tx.query(removeSql, [subjectId]);
  await tx.query(addSql, columns);
  const { rows } = await tx.query<{ subjectId: string }>(ownerSql, columns);
  return rows[0]?.subjectId;
}

/** Whom a value leads to, at most so many. */
export async function findSubjects(
  db: Pick<pg.Pool, 'query'>,
  { kind, blindIndex }: IndexEntry,
  most: number,
): Promise<string[]> {
  const { rows } = await db.query<{ subjectId: string }>(findSql, [kind, blindIndex, most]);
  return rows.map(({ subjectId }) => subjectId);
}
