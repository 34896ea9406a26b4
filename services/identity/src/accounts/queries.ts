import type { Grant } from '@vienuviet/http';
import type pg from 'pg';

/** Which accounts are asked for: by a role at a place that the caller sees. */
export interface AccountFilter {
  readonly role?: string | undefined;
  readonly centreId?: string | undefined;
  readonly holderId?: string | undefined;
}

/** Places of the caller; neither: everything. */
export interface AccountScope {
  readonly centreIds?: readonly string[];
  readonly holderIds?: readonly string[];
}

export interface AccountRow {
  readonly account_id: string;
  readonly source: string;
  readonly active: boolean;
  readonly opened_at: Date;
  readonly title: string | null;
  readonly roles: readonly RoleRow[];
  readonly absences: readonly AbsenceRow[];
}

/** As `jsonb_build_object` writes it: instants are texts, by `instant`. */
export interface RoleRow {
  readonly grantId: string;
  readonly role: string;
  readonly centreId: string | null;
  readonly holderId: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly mayGrant: boolean;
  readonly source: string;
  readonly grantedAt: string;
  readonly grantedBy: string;
}

export interface AbsenceRow {
  readonly absenceId: string;
  readonly substituteId: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly namedBy: string;
}

/** A role that the caller sees; $1 centres, $2 holders, both null: all. */
const VISIBLE = `r.revoked_at is null
  and ($1::uuid[] is null and $2::text[] is null or r.centre_id = any($1) or r.holder_id = any($2))`;

/** An instant inside of JSON, written as all others of the API: `jsonb_build_object` would end it with +00:00. */
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ACCOUNT = `
  a.account_id, a.source, a.active, a.opened_at,
  coalesce(
    (select min(l.title) from identity.login l where l.account_id = a.account_id),
    (select coalesce(u.display_name, u.user_name) from identity.directory_user u
      where u.account_id::text = a.account_id)) as title,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'grantId', r.grant_id, 'role', r.role, 'centreId', r.centre_id, 'holderId', r.holder_id,
            'validFrom', ${instant('r.valid_from')}, 'validUntil', ${instant('r.valid_until')},
            'mayGrant', r.may_grant, 'source', r.source, 'grantedAt', ${instant('r.granted_at')}, 'grantedBy', r.granted_by) order by r.granted_at, r.grant_id), '[]')
     from accounts.given_role r where r.account_id = a.account_id and ${VISIBLE}) as roles,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'absenceId', s.absence_id, 'substituteId', s.substitute_id,
            'startsAt', ${instant('s.starts_at')}, 'endsAt', ${instant('s.ends_at')},
            'namedBy', s.named_by) order by s.starts_at), '[]')
     from accounts.absence s where s.account_id = a.account_id and s.ended_at is null) as absences`;

const LIST = `
  select ${ACCOUNT} from accounts.account a
   where exists (select from accounts.given_role r where r.account_id = a.account_id and ${VISIBLE}
                   and ($3::text is null or r.role = $3) and ($4::uuid is null or r.centre_id = $4)
                   and ($5::text is null or r.holder_id = $5))
     and ($6::text is null or a.account_id > $6)
   order by a.account_id limit $7`;

/** $4: the caller, who sees the own account whatever its roles are. */
const ONE = `
  select ${ACCOUNT} from accounts.account a
   where a.account_id = $3
     and (a.account_id = $4 or $1::uuid[] is null and $2::text[] is null
          or exists (select from accounts.given_role r where r.account_id = a.account_id and ${VISIBLE}))`;

const GRANTS = `
  select r.account_id, r.role, r.centre_id, r.holder_id
    from accounts.given_role r join accounts.account a using (account_id)
   where r.account_id = any($1) and a.active and r.revoked_at is null
     and (r.valid_from is null or r.valid_from <= $2) and (r.valid_until is null or r.valid_until > $2)
   order by r.granted_at, r.grant_id`;

const placesOf = ({ centreIds, holderIds }: AccountScope) => [
  centreIds ?? (holderIds === undefined ? null : []),
  holderIds ?? (centreIds === undefined ? null : []),
];

/** Accounts by id, those after `after`. */
export async function listAccounts(
  tx: pg.ClientBase,
  scope: AccountScope,
  { role, centreId, holderId }: AccountFilter,
  { after, take }: { after: string | undefined; take: number },
): Promise<AccountRow[]> {
  const values = [...placesOf(scope), role ?? null, centreId ?? null, holderId ?? null, after ?? null, take];
  return (await tx.query<AccountRow>(LIST, values)).rows;
}

/** One account, when the caller sees any of its roles, or it is the caller's own. */
export async function findAccount(
  tx: pg.ClientBase,
  scope: AccountScope & { readonly actorId: string },
  accountId: string,
): Promise<AccountRow | undefined> {
  return (await tx.query<AccountRow>(ONE, [...placesOf(scope), accountId, scope.actorId])).rows[0];
}

/** The roles that count at an instant, by account. */
export async function grantsAt(
  tx: pg.ClientBase,
  accountIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Grant[]>> {
  const { rows } = await tx.query<{ account_id: string; role: string; centre_id: string; holder_id: string }>(GRANTS, [
    accountIds,
    at,
  ]);
  const found = new Map<string, Grant[]>();
  for (const { account_id: accountId, role, centre_id: centreId, holder_id: holderId } of rows) {
    const grant = { role, ...(centreId && { centreId }), ...(holderId && { holderId }) } as Grant;
    found.set(accountId, [...(found.get(accountId) ?? []), grant]);
  }
  return found;
}
