/** Writes the made part of `docs/case-state-machine.md` again: `node services/intake/src/cases/write-diagram.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withDiagram } from './diagram.ts';

const page = new URL('../../../../docs/case-state-machine.md', import.meta.url);
writeFileSync(page, withDiagram(readFileSync(page, 'utf8')));
