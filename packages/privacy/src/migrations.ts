import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';

/** The key database of a service, for `migrate`. */
export const subjectKeyMigrations: MigrationSet = {
  name: 'subject-keys',
  folder: join(import.meta.dirname, '..', 'sql'),
};
