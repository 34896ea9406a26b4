import pg from 'pg';

export interface ServiceDatabaseOptions {
  /** Connection of a role that may create roles and databases. */
  readonly adminUrl: string;
  /** Name of the service, e.g. `status-feed`. */
  readonly service: string;
  /** Name of the database; default the service's name with underscores. */
  readonly database?: string;
  /** Password of the three roles. */
  readonly password: string;
}

export interface ServiceDatabaseUrls {
  /** Migrations and rebuilds: owns the schemas. */
  readonly ownerUrl: string;
  /** The running service: reads and writes rows, owns nothing. */
  readonly writerUrl: string;
  /** People with a BI tool: reads what projections grant. */
  readonly readerUrl: string;
}

/** Names of a service's database and roles in PostgreSQL. */
export function databaseNames(service: string) {
  const base = service.replaceAll('-', '_');
  return { database: base, owner: `${base}_owner`, writer: `${base}_writer`, reader: `${base}_reader` };
}

/** Roles are shared by all databases of a server, so their making is serialised. */
const ROLE_LOCK = 7_160_001;

/** Makes a service's roles and database where they are missing; safe to repeat and to run at once. */
export async function ensureServiceDatabase(options: ServiceDatabaseOptions): Promise<ServiceDatabaseUrls> {
  const names = databaseNames(options.service);
  const database = options.database ?? names.database;
  const admin = new pg.Client({ connectionString: options.adminUrl });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [ROLE_LOCK]);
    for (const role of [names.owner, names.writer, names.reader]) {
      await ensureRole(admin, role, options.password);
    }
    await ensureDatabase(admin, database, names.owner);
    const quoted = pg.escapeIdentifier(database);
    await admin.query(`revoke all on database ${quoted} from public`);
    await admin.query(
      `grant connect on database ${quoted} to ${[names.writer, names.reader].map(pg.escapeIdentifier)}`,
    );
  } finally {
    await admin.end();
  }
  const url = (role: string) => urlOf(options.adminUrl, database, role, options.password);
  return { ownerUrl: url(names.owner), writerUrl: url(names.writer), readerUrl: url(names.reader) };
}

/** The address of a database as one role. */
export function urlOf(adminUrl: string, database: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${database}`;
  return url.toString();
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const known = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  const attributes = `login nosuperuser nocreatedb nocreaterole nobypassrls password ${pg.escapeLiteral(password)}`;
  const verb = known.rowCount === 0 ? 'create' : 'alter';
  await admin.query(`${verb} role ${pg.escapeIdentifier(role)} ${attributes}`);
}

async function ensureDatabase(admin: pg.Client, database: string, owner: string): Promise<void> {
  const known = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (known.rowCount !== 0) return;
  // The database is made by whoever runs this and then given away: PostgreSQL 16 and later let an administrator
  // who is no superuser set a role only where the membership says so.
  await admin.query(`grant ${pg.escapeIdentifier(owner)} to current_user`);
  await admin.query(`create database ${pg.escapeIdentifier(database)} owner ${pg.escapeIdentifier(owner)}`);
}
