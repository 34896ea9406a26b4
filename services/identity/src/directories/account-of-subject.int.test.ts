import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountOfSubject } from './account-of-subject.ts';
import type { InstitutionDirectory } from './directory.ts';
import { type DirectoryBed, directoryBed } from './tests/directory-bed.ts';

let bed: DirectoryBed;
beforeAll(async () => {
  bed = await directoryBed();
});
afterAll(() => bed?.close());

const directory = (name: string, subject?: 'externalId' | 'userName') =>
  ({ name, subject }) as unknown as InstitutionDirectory;

test('who signs in elsewhere is known by what the directory says, and by nothing that two of them say', async () => {
  const [externalId, userName] = [randomUUID(), 'Anna.Ozola@cesis.example'];
  await bed.scim('POST', '/Users', { userName, externalId });
  const find = (subject: string, ...directories: InstitutionDirectory[]) =>
    accountOfSubject(bed.database.pool('writer'), directories, subject);
  const account = await find(externalId, directory('cesis', 'externalId'));
  expect(account).toMatch(/^[0-9a-f-]{36}$/);
  expect(await find('anna.ozola@CESIS.example', directory('cesis', 'userName'))).toBe(account);
  expect(await find(userName, directory('cesis', 'externalId'))).toBeUndefined();
  expect(await find(externalId, directory('cesis'))).toBeUndefined();
  expect(await find(externalId, directory('vsaa', 'externalId'))).toBeUndefined();

  const other = await bed.scim('POST', '/Users', { userName, externalId }, { directory: 'vsaa' });
  expect(other.status).toBe(201);
  const both = [directory('cesis', 'externalId'), directory('vsaa', 'externalId')];
  expect(await find(externalId, ...both)).toBeUndefined();
  await bed.scim('DELETE', `/Users/${other.body.id}`, undefined, { directory: 'vsaa' });
  expect(await find(externalId, ...both)).toBe(account);
});
