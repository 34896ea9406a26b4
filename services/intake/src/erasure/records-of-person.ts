import type { Queryable } from '@vienuviet/event-bus';

const recordsSql = `
  with recursive record as (
    select $1::uuid as subject_id
    union
    select m.subject_id from intake.merged_client m join record r on m.into_subject_id = r.subject_id
  )
  select subject_id as "subjectId" from record order by 1`;

/** All ids of a person: the one that stands, and those that were merged into it. */
export async function recordsOfPerson(tx: Queryable, subjectId: string): Promise<string[]> {
  const { rows } = await tx.query<{ subjectId: string }>(recordsSql, [subjectId]);
  return rows.map((row) => row.subjectId);
}
