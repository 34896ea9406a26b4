import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';

/** Intake's tables that are neither events nor projections. */
export const intakeMigrations: MigrationSet = {
  name: 'intake',
  folder: join(import.meta.dirname, '..', 'prisma', 'migrations'),
};
