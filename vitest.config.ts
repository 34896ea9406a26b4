import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/.vienuviet*/**', '**/generated/**'];

const full = {
  extends: true as const,
  test: {
    name: 'full',
    include: ['**/*.full.test.ts'],
    exclude: ignored,
    globalSetup: ['packages/testing/src/global-servers.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 180_000,
    sequence: { groupOrder: 3 },
  },
};

/**
 * Levels by the suffix of the file: `unit` is pure, `int` meets real servers, `e2e` the whole platform. A suffix
 * `.full.test.ts` marks what takes longer than a developer waits for; `./scripts/test full` runs it too.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['**/*.unit.test.ts'], exclude: ignored, testTimeout: 10_000 },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/testing/src/global-servers.ts'],
          // Two cores carry the tests, Kafka and PostgreSQL; more files at once only wait for each other.
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/testing/src/global-platform.ts'],
          fileParallelism: false,
          // Starting the platform takes half a minute on an idle machine.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      ...(process.env['VIENUVIET_TEST_FULL'] === 'yes' ? [full] : []),
    ],
  },
});
