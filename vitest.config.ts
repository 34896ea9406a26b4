import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/.vienuviet*/**', '**/generated/**'];
/** End-to-end tests of the commands that start and stop the platform: before all that want it running. */
const commands = 'infra/local/src/command/*.e2e.test.ts';
/**
 * Two cores carry the tests, Kafka and PostgreSQL; more files at once only wait for each other. Said also of unit
 * tests: on two cores Vitest would run one file at a time.
 */
const maxWorkers = 2;

const full = {
  extends: true as const,
  test: {
    name: 'full',
    include: ['**/*.full.test.ts'],
    exclude: ignored,
    globalSetup: ['packages/testing/src/global-servers.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    // A million cases are written before they are read.
    hookTimeout: 900_000,
    sequence: { groupOrder: 4 },
  },
};

/**
 * Levels by the suffix of the file: `unit` is pure, `int` meets real servers, `e2e` the whole platform. A suffix
 * `.full.test.ts` marks what takes longer than a developer waits for; `./scripts/test full` runs it too.
 * `packages/testing/src/run-tests` runs those on the platform beside the others.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['**/*.unit.test.ts'], exclude: ignored, maxWorkers, testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/testing/src/global-servers.ts'],
          maxWorkers,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'commands',
          include: [commands],
          exclude: ignored,
          globalSetup: ['packages/testing/src/global-platform.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: [...ignored, commands],
          globalSetup: ['packages/testing/src/global-platform.ts'],
          fileParallelism: false,
          // Starting the platform takes half a minute on an idle machine.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 3 },
        },
      },
      ...(process.env['VIENUVIET_TEST_FULL'] === 'yes' ? [full] : []),
    ],
  },
});
