import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join, relative } from 'node:path';
import pg from 'pg';
import { provideServers } from '../global-servers.ts';
import { testInfrastructure } from '../infrastructure.ts';
import { replaceSections } from './sections.ts';

/**
 * `./scripts/bench [--write] [PATH…]`: runs every `*.bench.ts` one after the other, on servers that wait for the disk.
 * A bench is a program that measures and writes one Markdown section (`## …`) to its standard output.
 */
const root = join(import.meta.dirname, '../../../..');
const PAGE = join(root, 'docs/benchmarks.md');
const HELP = `Usage: ./scripts/bench [--write] [PATH…]

Measures ratios side by side in one run and prints them; --write also puts them into docs/benchmarks.md.
PATH: only benches whose path contains one of these.
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg.startsWith('-') && arg !== '--write')) {
    process.stdout.write(HELP);
    return args.includes('--help') ? 0 : 2;
  }
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const benches = globSync(['schemas/src/**/*.bench.ts', '{packages,services}/*/{src,bench}/**/*.bench.ts'], {
    cwd: root,
  })
    .filter(
      (file) => !file.includes('node_modules') && (paths.length === 0 || paths.some((path) => file.includes(path))),
    )
    .sort();
  if (benches.length === 0) throw new Error(`no bench among ${paths.join(', ') || 'the packages and services'}`);
  const stop = await provideServers('safe');
  try {
    let measured = '';
    let failed = 0;
    for (const bench of benches) {
      process.stderr.write(`\n${bench}\n`);
      const output = await runBench(bench);
      if (output === undefined) failed++;
      else measured += `${output.trim()}\n\n`;
    }
    if (args.includes('--write')) {
      const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
      writeFileSync(PAGE, replaceSections(before, await opening(), measured));
      process.stderr.write(`\nwritten to ${relative(root, PAGE)}\n`);
    }
    if (failed > 0) process.stderr.write(`${failed} of ${benches.length} benches failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

function runBench(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, ['--expose-gc', file], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? output : undefined));
  });
}

async function opening(): Promise<string> {
  const [cpu] = cpus();
  return `# Benchmarks

Written by \`./scripts/bench --write\`. Read the ratios: both sides of each were measured in one run on one machine, in
turns. ${cpus().length} cores (${cpu?.model.trim()}), Linux ${release()}, Node ${process.version}, ${await durability()}.
`;
}

async function durability(): Promise<string> {
  const client = new pg.Client({ connectionString: testInfrastructure().postgresUrl });
  await client.connect();
  const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
            current_setting('synchronous_commit') as commit`,
  );
  await client.end();
  const [row] = rows;
  return `PostgreSQL ${row?.version} with \`fsync=${row?.fsync}\` and \`synchronous_commit=${row?.commit}\`, Kafka with \`acks=-1\``;
}

process.exitCode = await main(process.argv.slice(2));
