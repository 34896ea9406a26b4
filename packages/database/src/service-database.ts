import pg from 'pg';
import { keepFunctions } from './kept-functions.ts';
import { databaseNames, rolePassword, type ServiceDatabaseUrls, serviceDatabaseUrls } from './roles.ts';
import { withClient } from './with-client.ts';

export interface ServiceDatabaseOptions {
  /** Connection of a role that may create roles and databases. */
  readonly adminUrl: string;
  /** Name of the service, e.g. `status-feed`. */
  readonly service: string;
  /** Name of the database; default the service's name with underscores. */
  readonly database?: string;
  /** Secret from which each of the three roles gets a password of its own. */
  readonly password: string;
  /** Whether people with a BI tool may connect to it; default true. */
  readonly readers?: boolean;
}

export interface ServiceDatabase extends ServiceDatabaseUrls {
  /**
   * False where the administrator is no superuser: the reader may take advisory locks, the store's order lock among
   * them, and make large objects.
   */
  readonly readerIsKeptFromLocks: boolean;
}

/** Roles are shared by all databases of a server, so their making is serialised. */
const ROLE_LOCK = 7_160_001;
/** Milliseconds; the making of one database takes tens of them. */
const ROLE_LOCK_TIMEOUT = 60_000;

/**
 * What bounds a BI tool: each session of it holds back the clearing of old rows, and the server has room for a few
 * hundred sessions. The tool may set the times otherwise for itself, the number of its sessions not.
 */
const READER_SETTINGS = { statement_timeout: '5min', idle_in_transaction_session_timeout: '1min' };
const READER_CONNECTIONS = 20;

/** Makes a service's roles and database where they are missing; safe to repeat and to run at once. */
export async function ensureServiceDatabase(options: ServiceDatabaseOptions): Promise<ServiceDatabase> {
  const { adminUrl, service, password, readers = true } = options;
  const names = databaseNames(service);
  const database = options.database ?? names.database;
  return withClient({ connectionString: adminUrl, lock_timeout: ROLE_LOCK_TIMEOUT }, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [ROLE_LOCK]);
    const superuser = await isSuperuser(admin);
    for (const role of [names.owner, names.writer, names.reader]) {
      await ensureRole(admin, role, rolePassword(password, role), superuser);
    }
    await boundReader(admin, names.reader);
    await ensureDatabase(admin, database, names.owner);
    await allowConnections(admin, database, names, readers);
    const readerIsKeptFromLocks = await onDatabase(adminUrl, database, (inside) =>
      keepFunctions(inside, [names.owner, names.writer].map(pg.escapeIdentifier), superuser),
    );
    return { ...serviceDatabaseUrls({ adminUrl, service, database, password }), readerIsKeptFromLocks };
  });
}

async function isSuperuser(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return rows[0]?.rolsuper === true;
}

async function ensureRole(admin: pg.Client, role: string, password: string, superuser: boolean): Promise<void> {
  const known = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = known.rowCount === 0 ? 'create' : 'alter';
  // Only a superuser may say of a role that exists that it is none, also where that changes nothing.
  const humble = verb === 'create' || superuser ? 'nosuperuser nocreatedb nocreaterole nobypassrls' : '';
  await admin.query(`${verb} role ${pg.escapeIdentifier(role)} login ${humble} password ${pg.escapeLiteral(password)}`);
}

async function boundReader(admin: pg.Client, reader: string): Promise<void> {
  const role = pg.escapeIdentifier(reader);
  await admin.query(`alter role ${role} connection limit ${READER_CONNECTIONS}`);
  for (const [setting, value] of Object.entries(READER_SETTINGS)) {
    await admin.query(`alter role ${role} set ${setting} = '${value}'`);
  }
}

async function ensureDatabase(admin: pg.Client, database: string, owner: string): Promise<void> {
  const known = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (known.rowCount !== 0) return;
  // The database is made by whoever runs this and then given away: PostgreSQL 16 and later let an administrator
  // who is no superuser set a role only where the membership says so.
  await admin.query(`grant ${pg.escapeIdentifier(owner)} to current_user`);
  await admin.query(`create database ${pg.escapeIdentifier(database)} owner ${pg.escapeIdentifier(owner)}`);
}

/** Who may connect; nobody but the owner may make temporary tables or schemas. */
async function allowConnections(
  admin: pg.Client,
  database: string,
  names: ReturnType<typeof databaseNames>,
  readers: boolean,
): Promise<void> {
  const [quoted, writer, reader] = [database, names.writer, names.reader].map(pg.escapeIdentifier);
  // Sent as one, so that nobody is turned away in between.
  await admin.query(
    `revoke all on database ${quoted} from public, ${writer}, ${reader};
     grant connect on database ${quoted} to ${readers ? [writer, reader] : writer}`,
  );
}

function onDatabase<T>(adminUrl: string, database: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return withClient({ connectionString: url.toString() }, work);
}
