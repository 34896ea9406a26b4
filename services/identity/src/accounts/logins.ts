import type { Queryable } from '@vienuviet/event-store';

/** What somebody is called where they sign in, and by us. */
export interface Login {
  /** Issuer that the person signs in at. */
  readonly source: string;
  /** The subject there. */
  readonly login: string;
  readonly accountId: string;
  /** Name that people see. */
  readonly title: string;
}

const ADD = `
  insert into identity.login (source, login, account_id, title) values ($1, $2, $3, $4)
  on conflict (source, login) do update set title = excluded.title
    where identity.login.account_id = excluded.account_id
  returning account_id`;
const FIND = 'select account_id from identity.login where source = $1 and login = $2';
const TITLES = `
  select account_id, min(title) as title from identity.login where account_id = any($1) group by 1
  union all
  select account_id::text, coalesce(display_name, user_name) from identity.directory_user
   where account_id::text = any($1)`;

/** Keeps a login; false when it is another account's. */
export async function keepLogin(db: Queryable, { source, login, accountId, title }: Login): Promise<boolean> {
  return (await db.query(ADD, [source, login, accountId, title])).rowCount === 1;
}

/** The account of whoever signed in at an issuer; undefined for somebody whom nobody gave access. */
export async function accountOfLogin(db: Queryable, source: string, login: string): Promise<string | undefined> {
  return (await db.query<{ account_id: string }>(FIND, [source, login])).rows[0]?.account_id;
}

/** Names that people see, by account id. */
export async function titlesOf(db: Queryable, accountIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ account_id: string; title: string }>(TITLES, [accountIds]);
  return new Map(rows.map((row) => [row.account_id, row.title]));
}
