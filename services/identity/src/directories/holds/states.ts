import type pg from 'pg';
import type { InstitutionDirectory } from '../directory.ts';

export interface DirectoryState {
  readonly name: string;
  readonly title: string;
  readonly kind: 'scim' | 'ldap';
  readonly people: number;
  readonly following: number;
  readonly readAt: string | null;
  readonly trouble: string | null;
}

const statesSql = `
  select d.name, read_at as "readAt", trouble,
      (select count(*)::int from identity.directory_user u where u.directory = d.name and stands > 0) as people,
      (select count(*)::int from identity.directory_user u
        where u.directory = d.name and followed_change < change and held is null) as following
    from identity.directory d where d.name = any($1)`;

type Row = Omit<DirectoryState, 'readAt'> & { readonly readAt: Date | null };

/** How each directory of the settings is. */
export async function directoryStates(
  pool: pg.Pool,
  directories: readonly InstitutionDirectory[],
): Promise<DirectoryState[]> {
  const { rows } = await pool.query<Row>(statesSql, [directories.map(({ name }) => name)]);
  return directories.flatMap(({ name, title, source }) => {
    const row = rows.find((one) => one.name === name);
    if (row === undefined) return [];
    const { people, following, trouble } = row;
    const readAt = row.readAt?.toISOString() ?? null;
    return [{ name, title, kind: source.kind, people, following, readAt, trouble }];
  });
}
