// For the image of one service: takes away what it does not run on: other services, packages that it does not use, tests.
import { execFileSync } from 'node:child_process';
import { globSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [service] = process.argv.slice(2);
const root = process.cwd();
const listed = execFileSync(
  'pnpm',
  ['list', '--filter-prod', `@vienuviet/${service}...`, '--depth', '-1', '--parseable'],
  { cwd: root, encoding: 'utf8' },
);
const used = new Set(listed.split('\n'));
if (!used.has(join(root, 'services', service))) throw new Error(`there is no service ${service}`);
for (const folder of ['services', 'packages', 'infra']) {
  for (const name of readdirSync(join(root, folder))) {
    const place = join(root, folder, name);
    if (!used.has(place)) rmSync(place, { recursive: true });
  }
}
const tests = ['**/*.test.ts', '**/*.bench.ts', '**/*.fixture.ts'];
for (const file of globSync(tests, { cwd: root, exclude: ['**/node_modules/**'] })) rmSync(join(root, file));
