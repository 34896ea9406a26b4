import { accessRecordMigrations } from '@vienuviet/access-record';
import { createPool, type MigrationSet, migrate } from '@vienuviet/database';
import { eventBusMigrations, prepareProjections } from '@vienuviet/event-bus';
import { eventStoreMigrations } from '@vienuviet/event-store';
import type { DatabaseConfig } from './config.ts';
import type { DatabaseServiceDefinition, ServiceDefinition } from './definition.ts';
import { rolesOf } from './roles.ts';

/** The migrations of a service's database: the store's and the bus' where it has events, and its own. */
export const migrationSetsOf = (
  definition: Pick<ServiceDefinition | DatabaseServiceDefinition, 'kind' | 'migrations'>,
): MigrationSet[] => [
  ...(definition.kind === 'store' ? [eventStoreMigrations, eventBusMigrations] : []),
  accessRecordMigrations,
  ...(definition.migrations === undefined ? [] : [definition.migrations]),
];

/** Brings a service's database up to date, as its owner: migrations, and the schemas of its projections. */
export async function migrateService(
  definition: ServiceDefinition | DatabaseServiceDefinition,
  { ownerUrl }: Pick<DatabaseConfig, 'ownerUrl'>,
): Promise<string[]> {
  const applied = await migrate({ url: ownerUrl, sets: migrationSetsOf(definition) });
  if (definition.kind === 'database') return applied;
  const owner = createPool({ url: ownerUrl, name: `${definition.name} migrate`, max: 1 });
  try {
    await prepareProjections(owner, definition.projections, rolesOf(definition.name));
  } finally {
    await owner.end();
  }
  return applied;
}
