/** Who comes as a directory; the matrix of all routes is in `../access.int.test.ts`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryBed, directoryBed } from './tests/directory-bed.ts';

let bed: DirectoryBed;
beforeAll(async () => {
  bed = await directoryBed();
});
afterAll(() => bed?.close());

test('a secret that nobody has opens nothing, nor one of a directory any other route', async () => {
  const ask = (url: string, secret: string) => bed.app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
  const wrong = await ask('/scim/v2/Users', `${bed.secretOf('cesis').slice(0, -1)}_`);
  expect([wrong.statusCode, wrong.json().status]).toEqual([401, '401']);
  expect((await ask('/v1/directory-holds', bed.secretOf('cesis'))).statusCode).toBe(403);
});

test('a signed token with the role of a directory is none of a directory', async () => {
  const headers = await bed.issuer.as('directory:cesis-2', [{ role: 'directory' }]);
  expect((await bed.app.inject({ url: '/scim/v2/Users', headers })).statusCode).toBe(403);
});
