/**
 * Checks the contracts: `node schemas/src/check.ts`. Prints a line for every event and every problem; exits with 1 when
 * there is one.
 */
import { join } from 'node:path';
import { check } from './compatibility/check.ts';

process.exitCode = check(join(import.meta.dirname, '..'), (line) => process.stdout.write(`${line}\n`));
