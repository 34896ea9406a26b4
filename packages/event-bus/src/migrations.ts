import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';

/** The bus' tables and functions, for `migrate`. */
export const eventBusMigrations: MigrationSet = {
  name: 'event-bus',
  folder: join(import.meta.dirname, '..', 'sql'),
};
