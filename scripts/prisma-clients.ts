/**
 * Writes the Prisma clients of all services from their schemas, `services/<name>/generated/prisma`; with `--check`
 * changes nothing and exits 1 when one differs from what its schema gives. They are committed: generating takes longer
 * than an install should (1.2 s each).
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Services that have a schema. */
const services = readdirSync(join(root, 'services')).filter((name) =>
  existsSync(join(root, 'services', name, 'prisma', 'schema.prisma')),
);

const homeOf = (service: string): string => join(root, 'services', service);
const clientIn = (home: string): string => join(home, 'generated', 'prisma');

/** Writes the client of `<home>/prisma/schema.prisma`, which names its place relative to itself. */
function generate(home: string): void {
  const schema = join(home, 'prisma', 'schema.prisma');
  const done = spawnSync('pnpm', ['exec', 'prisma', 'generate', '--schema', schema], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`prisma generate for ${schema} failed:\n${done.stdout}${done.stderr}`);
}

/** Files of a folder with their content. */
function contentOf(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}

/** Whether the committed client is not what the schema gives; made in a folder of its own. */
function drifts(service: string): boolean {
  const elsewhere = mkdtempSync(join(tmpdir(), 'prisma-client-'));
  try {
    mkdirSync(join(elsewhere, 'prisma'));
    const schema = join('prisma', 'schema.prisma');
    copyFileSync(join(homeOf(service), schema), join(elsewhere, schema));
    generate(elsewhere);
    const [fresh, committed] = [contentOf(clientIn(elsewhere)), contentOf(clientIn(homeOf(service)))];
    return fresh.size !== committed.size || [...fresh].some(([path, text]) => committed.get(path) !== text);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

const isCheck = process.argv.includes('--check');
const drifted = isCheck ? services.filter(drifts) : [];
if (!isCheck) for (const service of services) generate(homeOf(service));
for (const service of drifted) {
  process.stderr.write(`the Prisma client of ${service} is not what its schema gives: run scripts/prisma-clients.ts\n`);
}
process.exitCode = drifted.length > 0 ? 1 : 0;
