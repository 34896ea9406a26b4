import { createHmac } from 'node:crypto';

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

/**
 * The password of one role, derived from the secret that the roles of a server share: who is given one of them can
 * neither log in as another role nor find out the secret.
 */
export const rolePassword = (secret: string, role: string): string =>
  createHmac('sha256', secret).update(role).digest('base64url');

/** The addresses of a service's database, one for each of its roles. `password` is the roles' shared secret. */
export function serviceDatabaseUrls(options: {
  readonly adminUrl: string;
  readonly service: string;
  readonly database: string;
  readonly password: string;
}): ServiceDatabaseUrls {
  const names = databaseNames(options.service);
  const as = (role: string): string => {
    const url = new URL(options.adminUrl);
    url.username = role;
    url.password = rolePassword(options.password, role);
    url.pathname = `/${options.database}`;
    return url.toString();
  };
  return { ownerUrl: as(names.owner), writerUrl: as(names.writer), readerUrl: as(names.reader) };
}
