/**
 * Gives ids to new schemas and makes the TypeScript types: `node schemas/src/generate.ts`. With `--check` nothing is
 * written, and the exit code is 1 when something would be.
 */
import { join } from 'node:path';
import { generate } from './generation/generate.ts';

const onlyCheck = process.argv.includes('--check');
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
process.exitCode = generate(join(import.meta.dirname, '..'), { onlyCheck }, say);
