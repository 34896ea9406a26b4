import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@vienuviet/database';

export const identityMigrations: MigrationSet = {
  name: 'identity',
  folder: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
};
