/** Runs the pages about contracts, block by block, on a copy of the sources in a repository of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemasFolder } from './index.ts';

interface Block {
  readonly language: string;
  /** What stands behind the language: a path, or `fails`. */
  readonly info: string;
  readonly text: string;
}

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language, info, text]) => ({
    language: language!,
    info: info!,
    text: text!,
  }));

let root: string;
const author = { GIT_AUTHOR_NAME: 't', GIT_AUTHOR_EMAIL: 't@t', GIT_COMMITTER_NAME: 't', GIT_COMMITTER_EMAIL: 't@t' };

/** Output and exit code of a command line. */
function run(command: string): { output: string; failed: boolean } {
  const options = {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...author },
    stdio: 'pipe',
  } as const;
  try {
    return { output: execFileSync('bash', ['-euc', command], options), failed: false };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { output: stdout + stderr, failed: true };
  }
}

/** What the pages change or run: sources and scripts, with links to the packages that were fetched. */
function copySources(): void {
  const top = join(schemasFolder, '..');
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.json', 'tsconfig.base.json'];
  const tools = ['tools/package.json', 'tools/package-lock.json'];
  for (const part of ['schemas', 'packages', 'services', 'infra', 'scripts', ...files, ...tools, '.gitignore']) {
    // Links between packages lead into the copy; a platform's data may lie in the folders too.
    cpSync(join(top, part), join(root, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.includes('.vienuviet'),
    });
  }
  for (const fetched of ['node_modules', 'tools/node_modules']) symlinkSync(join(top, fetched), join(root, fetched));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tasks-'));
  copySources();
  expect(run('git init --quiet && git add . && git commit --quiet --message start')).toEqual({
    output: '',
    failed: false,
  });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Puts the lines of a diff into a file, where its unchanged lines stand. */
function patch(path: string, diff: string): void {
  const lines = diff.trimEnd().split('\n');
  const side = (sign: string): string =>
    lines
      .filter((line) => line[0] === ' ' || line[0] === sign)
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const text = readFileSync(join(root, path), 'utf8');
  expect(text, `${path} has the lines that the page changes`).toContain(side('-'));
  writeFileSync(join(root, path), text.replace(side('-'), side('+')));
}

/** Each line of what a page shows is part of a line of the output; `…` stands for anything. */
function expectShown(shown: string, output: string): void {
  for (const line of shown.trimEnd().split('\n')) {
    const parts = line.split('…').map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expect(output).toMatch(new RegExp(parts.join('.*')));
  }
}

/** The second page has the compiler look at everything twice: only in `./scripts/test full`. */
const pages = ['add-an-event.md', ...(process.env['VIENUVIET_TEST_FULL'] === 'yes' ? ['change-an-event.md'] : [])];

test.each(pages)(
  'docs/tasks/%s does what it says',
  (name) => {
    const blocks = blocksOf(readFileSync(join(schemasFolder, '../docs/tasks', name), 'utf8'));
    expect(blocks.length).toBeGreaterThan(5);
    let output = '';
    for (const { language, info, text } of blocks) {
      if (language === 'sh') {
        const done = run(text);
        output = done.output;
        expect({ text, output, failed: done.failed }).toEqual({ text, output, failed: info === 'fails' });
      } else if (language === 'text') {
        expectShown(text, output);
      } else if (language === 'diff') {
        patch(info, text);
      } else {
        mkdirSync(dirname(join(root, info)), { recursive: true });
        writeFileSync(join(root, info), text);
      }
    }
    expect(run('git status --short').output).toBe('');
  },
  180_000,
);

test('the example of README.md runs', () => {
  const [example] = blocksOf(readFileSync(join(schemasFolder, 'README.md'), 'utf8')).filter(
    ({ language }) => language === 'ts',
  );
  const caseId = `const caseId = '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11';`;
  const shown = 'process.stdout.write(JSON.stringify([schemaId, payload.length, type, read]));';
  const text = example!.text.replace("'@vienuviet/schemas'", "'./schemas/src/index.ts'");
  writeFileSync(join(root, 'example.ts'), `${caseId}\n${text}\n${shown}\n`);
  expect(run('./scripts/x node example.ts').output).toContain(
    '"intake.CaseReleased",{"caseId":"0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11"',
  );
});
