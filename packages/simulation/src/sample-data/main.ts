/**
 * Writes `data/invented`, or with `--check` compares it with what the generator makes and exits 1 on a difference:
 * `./scripts/x node packages/simulation/src/sample-data/main.ts [--check]`
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { sampleFiles } from './sample-files.ts';
import { dataFolder } from './source-tables.ts';

const folder = new URL('invented/', dataFolder);
const checkOnly = process.argv.includes('--check');
let different = 0;

const current = (name: string): string | undefined => {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return undefined;
  }
};

mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(sampleFiles())) {
  const same = current(name) === text;
  if (!same && checkOnly) different += 1;
  if (!same && !checkOnly) writeFileSync(new URL(name, folder), text);
  process.stdout.write(
    `${name}: ${same ? 'as generated' : checkOnly ? 'differs from what the generator makes' : 'written'}\n`,
  );
}
process.exitCode = different === 0 ? 0 : 1;
