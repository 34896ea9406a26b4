import { databaseNames, ensureServiceDatabase } from '@vienuviet/database';
import type { ServiceName } from './port-plan.ts';
import type { ServiceDatabases } from './services.ts';

/**
 * Makes the database of each service, and an empty one for its keys, apart from the main one. `warn` is told once
 * where the administrator may not do all of it.
 */
export async function ensureDatabases(options: {
  services: readonly ServiceName[];
  postgresUrl: string;
  password: string;
  warn(text: string): void;
}): Promise<Map<ServiceName, ServiceDatabases>> {
  const { services, postgresUrl, password, warn } = options;
  const made = await Promise.all(
    services.map(async (service) => {
      const { database } = databaseNames(service);
      const ensure = (name: string, readers: boolean) =>
        ensureServiceDatabase({ adminUrl: postgresUrl, service, database: name, password, readers });
      return [service, { main: await ensure(database, true), keys: await ensure(`${database}_keys`, false) }] as const;
    }),
  );
  if (made.some(([, { main }]) => !main.readerIsKeptFromLocks)) {
    warn(
      'Warning: the administrator of PostgreSQL is no superuser: the <service>_reader roles can take advisory locks, ' +
        'which stops the services, and make large objects.',
    );
  }
  return new Map(made);
}
