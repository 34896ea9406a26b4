import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Check {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * What is checked beside the tests: lint and types of everything (turbo remembers what did not change), and each
 * script `check:<what>` that a package of the workspace declares, e.g. for contracts and for generated files.
 */
export function checksOf(root: string): Check[] {
  return [
    { title: 'formatting and lint', command: 'pnpm', args: ['exec', 'turbo', 'run', 'lint', ...QUIET] },
    { title: 'types', command: 'pnpm', args: ['exec', 'turbo', 'run', 'types', ...QUIET] },
    ...workspaceFolders(root).flatMap((folder) => ownChecks(root, folder)),
  ];
}

const QUIET = ['--output-logs=errors-only', '--log-prefix=none', '--no-update-notifier'];

function workspaceFolders(root: string): string[] {
  const below = (parent: string) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`) : [];
  return ['schemas', ...below('packages'), ...below('services'), ...below('infra')].filter((folder) =>
    existsSync(join(root, folder, 'package.json')),
  );
}

function ownChecks(root: string, folder: string): Check[] {
  const { name, scripts = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    scripts?: Record<string, string>;
  };
  return Object.keys(scripts)
    .filter((script) => script.startsWith('check:'))
    .map((script) => ({
      title: `${script.slice('check:'.length).replaceAll('-', ' ')} (${folder})`,
      ...{ command: 'pnpm', args: ['--silent', '--filter', name, 'run', script] },
    }));
}
