import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { App } from './settings.ts';
import { createTestIssuer } from './testing.ts';

test('the app of the README runs as it stands there', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const listen = /^await app\.listen\(.*\n/m;
  expect(code).toMatch(listen);
  // Inside the package, so that its imports are found.
  const folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
  try {
    await writeFile(join(folder, 'app.ts'), code.replace(listen, 'export { app };\n'));
    const { app } = (await import(join(folder, 'app.ts'))) as { app: App };
    const caseId = '5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d';
    const stranger = await (await createTestIssuer('http://elsewhere.test')).as('x', []);
    const read = (headers: Record<string, string>) => app.inject({ url: `/v1/cases/${caseId}`, headers });
    expect((await read({})).json()).toMatchObject({ code: 'token_missing' });
    // 401 where an issuer listens at the README's address, 503 where none does.
    expect([401, 503]).toContain((await read(stranger)).statusCode);
    const document = (await app.inject('/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(document.paths)).toContain('/v1/cases/{caseId}');
    await app.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
