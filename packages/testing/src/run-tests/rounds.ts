import type { Project, Selection } from './selection.ts';

/** One run of vitest, a process of its own. */
export interface VitestRun {
  readonly title: string;
  readonly projects: readonly Project[];
  readonly paths: readonly string[];
  /** Put over the environment of `./scripts/test`; undefined takes a name away. */
  readonly env: NodeJS.ProcessEnv;
}

/** One file after the other, on the platform that they share. */
const ON_THE_PLATFORM: readonly Project[] = ['commands', 'e2e'];

/**
 * Which runs of vitest there are: those of a round go on beside each other, one round follows the other. A test on the
 * platform waits for processes half of its time, and that half of the machine is for the others. What takes long
 * measures too: it has the machine to itself.
 */
export function roundsOf({ projects, paths, everyPostgres }: Selection): VitestRun[][] {
  const env: NodeJS.ProcessEnv = {
    ...(everyPostgres ? { VIENUVIET_POSTGRES_URL: undefined } : {}),
    ...(projects.includes('full') ? { VIENUVIET_TEST_FULL: 'yes' } : {}),
  };
  if (projects.length === 0) return [[{ title: paths.join(' '), projects, paths, env }]];
  const run = (wanted: (project: Project) => boolean): VitestRun[] => {
    const picked = projects.filter(wanted);
    return picked.length === 0 ? [] : [{ title: picked.join(', '), projects: picked, paths, env }];
  };
  const onOldest = { VIENUVIET_POSTGRES_URL: undefined, VIENUVIET_TEST_POSTGRES: '15' };
  const rounds: VitestRun[][] = [
    [
      ...run((project) => !ON_THE_PLATFORM.includes(project) && project !== 'full'),
      ...run((project) => ON_THE_PLATFORM.includes(project)),
    ],
    run((project) => project === 'full'),
    everyPostgres ? [{ title: 'int on PostgreSQL 15', projects: ['int'], paths, env: onOldest }] : [],
  ];
  return rounds.filter((runs) => runs.length > 0);
}
