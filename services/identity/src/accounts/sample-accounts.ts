import { asCaller, systemScope } from '@vienuviet/database';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';
import { v5 } from 'uuid';
import type { Directory } from '../people/directory.ts';
import type { Person } from '../people/person.ts';
import type { AccountStore } from './account-store.ts';

/** Where sample accounts come from. */
export const sampleSource = 'sample';

const GRANT_NAMESPACE = '2c9f0f7e-7f6e-5a53-9a63-0f4d3e9a7c55';
const OPENED = 'select account_id from accounts.account where source = $1';

/** Accounts that are opened in one append. */
const atOnce = 100;

/**
 * Opens the accounts of the sample people that are not there yet, with the roles that the file says. What was changed
 * since stays as it is. Instances may do it at the same time.
 */
export async function openSampleAccounts(options: {
  readonly directory: Directory;
  readonly accounts: AccountStore;
  readonly writer: pg.Pool;
  readonly clock: () => Date;
  readonly log: Log;
}): Promise<void> {
  const { directory, accounts, writer, clock, log } = options;
  const { rows } = await asCaller(writer, systemScope('identity'), (tx) =>
    tx.query<{ account_id: string }>(OPENED, [sampleSource]),
  );
  const there = new Set(rows.map((row) => row.account_id));
  const missing = directory.list({ limit: directory.size }).filter(({ name }) => !there.has(name));
  for (let from = 0; from < missing.length; from += atOnce) {
    const now = clock().getTime();
    await accounts.open(missing.slice(from, from + atOnce).map((person) => openingOf(person, now)));
  }
  if (missing.length > 0) log.info({ accounts: missing.length }, 'opened the accounts of sample people');
}

const openingOf = ({ name, grants, mayGrant }: Person, now: number) => ({
  type: 'open' as const,
  accountId: name,
  actorId: 'system:identity',
  now,
  source: sampleSource,
  roles: grants.map((grant, index) => ({ grantId: v5(`${name}:${index}`, GRANT_NAMESPACE), grant, mayGrant })),
});
