import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Check {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * What is checked beside the tests: lint and types of everything (turbo remembers what did not change), and each
 * script `check:<what>` that a package of the workspace declares, e.g. for contracts and for generated files.
 */
export function checksOf(root: string): Check[] {
  const turbo = (title: string, task: string): Check => ({
    ...{ title, cwd: root, command: 'pnpm' },
    args: ['exec', 'turbo', 'run', task, '--output-logs=errors-only', '--log-prefix=none'],
  });
  return [
    turbo('formatting and lint', 'lint'),
    turbo('types', 'types'),
    ...packageFolders(root).flatMap((folder) => ownChecks(root, folder)),
  ];
}

/** Folders of the packages: the checkout itself, and those of the workspace. */
function packageFolders(root: string): string[] {
  const below = (parent: string) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`) : [];
  return ['.', 'schemas', ...below('packages'), ...below('services'), ...below('infra')].filter((folder) =>
    existsSync(join(root, folder, 'package.json')),
  );
}

function ownChecks(root: string, folder: string): Check[] {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>;
  };
  const where = folder === '.' ? '' : ` (${folder})`;
  return Object.keys(scripts)
    .filter((script) => script.startsWith('check:'))
    .map((script) => ({
      title: `${script.slice('check:'.length).replaceAll('-', ' ')}${where}`,
      ...{ command: 'pnpm', args: ['--silent', 'run', script], cwd: join(root, folder) },
    }));
}
