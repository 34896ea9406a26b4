import { writeFileSync } from 'node:fs';
import { accessPage } from './access-page.ts';

writeFileSync(new URL('../../../docs/access.md', import.meta.url), accessPage());
