import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { personalFieldProblems } from '../compatibility/personal-fields.ts';
import { type Contracts, readContracts } from '../contracts/contracts.ts';
import { giveIds } from '../contracts/give-ids.ts';
import { type LockEntry, lockText } from '../contracts/lock.ts';
import { typesOf } from './typescript.ts';

/** Where the types go, below the folder of contracts. */
export const typesFile = 'src/generated/events.ts';

/**
 * Brings the lock and the types of a folder up to date with its contracts, or only tells what is not. Returns the exit
 * code: 1 when something was refused, or only told.
 */
export function generate(folder: string, { onlyCheck }: { onlyCheck: boolean }, say: (line: string) => void): number {
  const contracts = readContracts(folder);
  const { lock, given, refusals } = giveIds(contracts);
  const refused = [...refusals, ...personalFields(contracts, given)];
  for (const refusal of refused) say(`refused: ${refusal}`);
  if (refused.length > 0) return 1;
  const stale = [
    { path: 'lock.json', text: lockText(lock) },
    { path: typesFile, text: typesOf(contracts) },
  ].filter(({ path, text }) => textOf(join(folder, path)) !== text);
  if (onlyCheck) {
    for (const { path } of stale)
      say(`schemas/${path} is not what the contracts say: run node schemas/src/generate.ts`);
    return stale.length > 0 ? 1 : 0;
  }
  for (const { id, subject, version } of given) say(`id ${id}: ${subject} v${version}`);
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    say(`written: schemas/${path}`);
  }
  return 0;
}

/**
 * Fields in clear that are called like personal data, of versions that have no id yet. They get none: an id is for ever,
 * and no later version could seal the field.
 */
const personalFields = ({ byType }: Contracts, given: readonly LockEntry[]): string[] =>
  [...byType.values()]
    .flatMap(({ versions }) => versions)
    .filter((one) => given.some(({ subject, version }) => one.subject === subject && one.version === version))
    .flatMap(({ type, schema, file }) => personalFieldProblems(type, schema).map((problem) => `${file}: ${problem}`));

/** The text of a file; empty where there is none. */
export const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
