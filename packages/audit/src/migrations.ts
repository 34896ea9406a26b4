import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';

/** The tables of the audit, for `migrate`. */
export const auditMigrations: MigrationSet = { name: 'audit', folder: join(import.meta.dirname, '..', 'sql') };
