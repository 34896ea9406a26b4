/** Projects of `vitest.config.ts`: the levels, and those of `e2e` that start and stop the platform itself. */
export type Project = 'unit' | 'int' | 'commands' | 'e2e' | 'full';

/** What `./scripts/test …` was asked to run. */
export interface Selection {
  /** Checks that are no tests: formatting, lint, types, contracts, drift. */
  readonly checks: boolean;
  /** Projects of vitest; empty: all that the paths match. */
  readonly projects: readonly Project[];
  /** Only test files whose path contains one of these. */
  readonly paths: readonly string[];
  /** Run integration tests on the oldest supported PostgreSQL too. */
  readonly everyPostgres: boolean;
}

export const HELP = `Usage: ./scripts/test [unit|int|e2e|full|<path>…]

  (nothing)   formatting and lint, types, contracts, drift of generated files, unit, integration and end-to-end tests
  unit, int, e2e   the tests of one level
  full        everything, with what takes long, and integration tests on PostgreSQL 15 and 18
  <path>…     the tests below folders, or in files

Servers that VIENUVIET_KAFKA_BROKERS, VIENUVIET_POSTGRES_URL and VIENUVIET_REDIS_URL name are used; the others are
started on free ports. VIENUVIET_TEST_PROVIDER=containers runs them in containers where an engine runs.
The last line is "N passed, N failed"; the exit code is 0 only if nothing failed.
`;

const LEVELS: ReadonlyMap<string, readonly Project[]> = new Map([
  ['unit', ['unit']],
  ['int', ['int']],
  ['e2e', ['commands', 'e2e']],
]);
const ALL = [...LEVELS.values()].flat();

/** Reads the arguments; undefined when help is wanted. Throws on an option it does not know. */
export function selectionOf(args: readonly string[]): Selection | undefined {
  if (args.includes('--help') || args.includes('-h')) return undefined;
  const option = args.find((arg) => arg.startsWith('-'));
  if (option) throw new Error(`unknown option ${option}\n\n${HELP}`);
  const [first] = args;
  if (first === undefined) return { checks: true, projects: ALL, paths: [], everyPostgres: false };
  if (args.length === 1) {
    const projects = LEVELS.get(first);
    if (projects) return { checks: false, projects, paths: [], everyPostgres: false };
    if (first === 'full') return { checks: true, projects: [...ALL, 'full'], paths: [], everyPostgres: true };
  }
  return { checks: false, projects: [], paths: args, everyPostgres: false };
}
