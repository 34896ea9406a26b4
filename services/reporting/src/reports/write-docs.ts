import { writeFileSync } from 'node:fs';
import { docsPage } from './docs-page.ts';

writeFileSync(new URL('../../../../docs/reports.md', import.meta.url), docsPage());
