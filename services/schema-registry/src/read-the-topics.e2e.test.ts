/** Runs the program of `docs/tasks/read-the-topics.md` on the platform, as a reader from outside would. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';

let platform: TestPlatform;
let folder: string;

beforeAll(async () => {
  platform = await testPlatform();
  // Inside the package, so that both clients are found.
  folder = await mkdtemp(join(import.meta.dirname, '../.readme-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await platform?.release();
});

test('the program of the page prints events decoded, and ends when it is asked', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/tasks/read-the-topics.md'), 'utf8');
  const [, program = ''] = /^```js read-topics\.mjs\n(.*?)^```/ms.exec(page) ?? [];
  await writeFile(join(folder, 'read-topics.mjs'), program);

  const reader = spawn(process.execPath, ['read-topics.mjs'], {
    cwd: folder,
    env: { ...process.env, VIENUVIET_DATA: platform.dataFolder },
  });
  const ended = new Promise((resolve) => reader.once('close', resolve));
  let printed = '';
  for (const stream of [reader.stdout, reader.stderr]) stream.on('data', (bytes) => (printed += bytes));
  try {
    await expect
      .poll(() => printed, { timeout: 30_000 })
      .toMatch(/^\S+ lv\.vienuviet\.intake\.CentreOpened\.v1 centre-\S+ 1 \{.*"name":"/m);
    reader.kill('SIGINT');
    expect(await ended).toBe(0);
  } finally {
    reader.kill('SIGKILL');
  }
}, 60_000);
