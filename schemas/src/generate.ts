/**
 * Gives ids to new schemas and makes the TypeScript types: `node schemas/src/generate.ts`. With `--check` nothing is
 * written, and the exit code is 1 when something would be.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContracts } from './contracts/contracts.ts';
import { giveIds } from './contracts/give-ids.ts';
import { lockText } from './contracts/lock.ts';
import { typesOf } from './generation/typescript.ts';

const folder = join(import.meta.dirname, '..');
const onlyCheck = process.argv.includes('--check');
const contracts = readContracts(folder);
const { lock, given, refusals } = giveIds(contracts);

const files = [
  { path: 'lock.json', text: lockText(lock) },
  { path: 'src/generated/events.ts', text: typesOf(contracts) },
];
const present = (path: string): string =>
  existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '';
const stale = files.filter(({ path, text }) => present(path) !== text);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

if (refusals.length > 0) {
  for (const refusal of refusals) say(`refused: ${refusal}`);
  process.exitCode = 1;
} else if (onlyCheck) {
  for (const { path } of stale) say(`schemas/${path} is not what the contracts say: run node schemas/src/generate.ts`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const { id, subject, version } of given) say(`id ${id}: ${subject} v${version}`);
  for (const { path, text } of stale) {
    writeFileSync(join(folder, path), text);
    say(`written: schemas/${path}`);
  }
}
