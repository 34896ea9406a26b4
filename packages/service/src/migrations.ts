import { auditMigrations } from '@vienuviet/audit';
import { createPool, type MigrationSet, migrate } from '@vienuviet/database';
import { eventBusMigrations, prepareProjections } from '@vienuviet/event-bus';
import { eventStoreMigrations } from '@vienuviet/event-store';
import { subjectKeyMigrations } from '@vienuviet/privacy';
import type { OwnerUrls } from './config.ts';
import type { ServiceDefinition } from './definition.ts';
import { rolesOf } from './roles.ts';

/** The migrations of a service's database: the store's, the bus', the audit, and its own. */
export const migrationSetsOf = (definition: Pick<ServiceDefinition, 'migrations'>): MigrationSet[] => [
  ...[eventStoreMigrations, eventBusMigrations, auditMigrations],
  ...(definition.migrations === undefined ? [] : [definition.migrations]),
];

/** The migrations of the key database of a service that keeps personal data. */
export const keyMigrationSets: MigrationSet[] = [subjectKeyMigrations];

/** Brings a service's database up to date, as its owner: migrations, and the schemas of its projections. */
export async function migrateService(
  definition: ServiceDefinition,
  { ownerUrl, keyOwnerUrl }: OwnerUrls,
): Promise<string[]> {
  const applied = await migrate({ url: ownerUrl, sets: migrationSetsOf(definition) });
  if (keyOwnerUrl !== undefined) applied.push(...(await migrate({ url: keyOwnerUrl, sets: keyMigrationSets })));
  const owner = createPool({ url: ownerUrl, name: `${definition.name} migrate`, max: 1 });
  try {
    await prepareProjections(owner, definition.projections, rolesOf(definition.name));
  } finally {
    await owner.end();
  }
  return applied;
}
