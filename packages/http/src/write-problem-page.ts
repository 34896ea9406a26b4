/** Writes `docs/problems.md` again: `./scripts/x node packages/http/src/write-problem-page.ts`. */
import { writeFileSync } from 'node:fs';
import { problemPage } from './problem-page.ts';

writeFileSync(new URL('../../../docs/problems.md', import.meta.url), problemPage());
