import type pg from 'pg';

/** Functions that take or give back a lock which somebody named: whoever may call them can hold up a service. */
const LOCKS = '^pg_(try_)?advisory_';
/** Large objects, which whoever makes one owns: room on the disk for an account that is to read only. */
const LARGE_OBJECTS = '^(lo_|loread$|lowrite$)';

const OPEN_TO_ALL = `
  select oid::regprocedure::text as signature, proname ~ $1 as locks
    from pg_proc
   where pronamespace = 'pg_catalog'::regnamespace and (proname ~ $1 or proname ~ $2)
     and has_function_privilege('public', oid, 'execute')`;

/**
 * Keeps functions that PostgreSQL opens to everybody from those who only read: locks are left to the roles named
 * (quoted), large objects to nobody. `admin` is connected to the database in question, since each has functions of its
 * own. Gives false where it may not do so, for lack of a superuser's rights, and something is still open.
 */
export async function keepFunctions(admin: pg.Client, roles: readonly string[], superuser: boolean): Promise<boolean> {
  const { rows } = await admin.query<{ signature: string; locks: boolean }>(OPEN_TO_ALL, [LOCKS, LARGE_OBJECTS]);
  if (rows.length === 0) return true;
  if (!superuser) return false;
  const open = rows.map(({ signature }) => signature);
  const locks = rows.filter((row) => row.locks).map(({ signature }) => signature);
  // Sent as one: there is no moment in which the service may not lock either.
  await admin.query(
    [
      ...(locks.length === 0 ? [] : [`grant execute on function ${locks} to ${roles}`]),
      `revoke execute on function ${open} from public`,
    ].join(';'),
  );
  return true;
}
