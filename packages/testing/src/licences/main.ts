/**
 * Writes what the platform is made of to `sbom.cdx.json` (CycloneDX) and exits with 1 when a part has a licence that we
 * do not take.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, licenceFaults } from './licences.ts';

const root = join(import.meta.dirname, '../../../..');
const file = join(root, 'sbom.cdx.json');

const made = spawnSync('pnpm', ['sbom', '--sbom-format', 'cyclonedx', '--out', file], { cwd: root, encoding: 'utf8' });
if (made.status !== 0) throw new Error(`pnpm sbom failed: ${made.stdout}${made.stderr}`);
const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: Component[] };
if (components.length < 100) throw new Error(`the list of parts holds ${components.length}: it is not whole`);
const faults = licenceFaults(components);
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`${components.length} parts, written to sbom.cdx.json\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
