import { databaseNames, ensureServiceDatabase } from '@vienuviet/database';
import type { ServiceName } from './port-plan.ts';
import type { ServiceDatabases } from './services.ts';

/** Makes the database of each service, and an empty one for its keys, apart from the main one. */
export async function ensureDatabases(options: {
  services: readonly ServiceName[];
  postgresUrl: string;
  password: string;
}): Promise<Map<ServiceName, ServiceDatabases>> {
  const { services, postgresUrl, password } = options;
  const made = await Promise.all(
    services.map(async (service) => {
      const names = databaseNames(service);
      const ensure = (database: string) =>
        ensureServiceDatabase({ adminUrl: postgresUrl, service, database, password });
      return [service, { main: await ensure(names.database), keys: await ensure(`${names.database}_keys`) }] as const;
    }),
  );
  return new Map(made);
}
