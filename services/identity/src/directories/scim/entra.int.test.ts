/** Requests as Microsoft Entra ID sends them (its own description of its provisioning service, and what it does). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clerk, type DirectoryBed, directoryBed, supervisor } from '../tests/directory-bed.ts';

const patchOp = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
let bed: DirectoryBed;
let userId: string;
let groupId: string;

beforeAll(async () => {
  bed = await directoryBed();
});
afterAll(() => bed?.close());

const person = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
  userName: 'anna.ozola@cesis.example',
  active: true,
  emails: [{ primary: true, type: 'work', value: 'anna.ozola@cesis.example' }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Anna Ozola', familyName: 'Ozola', givenName: 'Anna' },
  roles: [],
  [enterprise]: { department: 'VPVKAC' },
};

test('its test of the connection finds nobody, and that is no error', async () => {
  const { status, headers, body } = await bed.scim('GET', `/Users?filter=userName+eq+%22${randomUUID()}%22`);
  expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('application/scim+json')]);
  expect(body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    ...{ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
  });
});

test.each([
  ['GET', '/Me', 404, 'route_not_found'],
  ['GET', '', 404, 'route_not_found'],
  ['POST', '/Bulk', 404, 'route_not_found'],
  ['DELETE', '/Users', 405, 'method_not_allowed'],
])('%s %s, which is not there, is answered as SCIM: %i', async (method, path, status, code) => {
  const answer = await bed.scim(method, path);
  expect([answer.status, answer.headers['content-type']]).toEqual([
    status,
    expect.stringContaining('application/scim+json'),
  ]);
  expect(answer.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    ...{ status: String(status), detail: expect.any(String), code },
  });
});

test('a user is made, and the account opened', async () => {
  const { status, headers, body } = await bed.scim('POST', '/Users', person);
  expect([status, body.userName, body.active, body.name.familyName]).toEqual([201, person.userName, true, 'Ozola']);
  expect(headers).toMatchObject({ location: body.meta.location, etag: body.meta.version });
  expect(body.meta.location).toBe(`http://identity.test/scim/v2/Users/${body.id}`);
  userId = body.id;
  expect(await bed.accountOf(person.userName)).toMatchObject({ directory: 'cesis', active: true, grants: [] });
});

test('the same user again is refused as taken, whatever the case of letters', async () => {
  for (const again of [person, { ...person, externalId: 'x', userName: 'Anna.Ozola@Cesis.example' }]) {
    const { status, body } = await bed.scim('POST', '/Users', again);
    expect([status, body]).toEqual([
      409,
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        ...{ status: '409', scimType: 'uniqueness', detail: expect.any(String), code: 'scim_uniqueness' },
      },
    ]);
  }
});

test.each([
  'userName eq "ANNA.ozola@cesis.example"',
  'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
  'userName Eq "anna.ozola@cesis.example" And active eq true',
  'emails[type eq "work"].value eq "anna.ozola@cesis.example"',
  'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna.ozola@cesis.example"',
])('the user is found by %s', async (filter) => {
  const { body } = await bed.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);
  expect([body.totalResults, body.Resources[0]?.id]).toEqual([1, userId]);
});

test.each([
  'userName sw "a"',
  'title eq "x"',
  'userName eq "a" or userName eq "b"',
  'userName eq anna',
  'not a filter',
])('the filter %s is refused and finds nothing by mistake', async (filter) => {
  const { status, body } = await bed.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);
  expect([status, body.scimType]).toEqual([400, 'invalidFilter']);
});

test('attributes change, one by one and several at once', async () => {
  const { status, body } = await bed.scim('PATCH', `/Users/${userId}`, {
    schemas: patchOp,
    Operations: [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'anna.berzina@cesis.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Bērziņa' },
      { op: 'Add', path: `${enterprise}:department`, value: 'Ielas' },
      { op: 'Add', value: { 'name.formatted': 'Anna Bērziņa', displayName: 'Anna Bērziņa' } },
    ],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ displayName: 'Anna Bērziņa', emails: [{ value: 'anna.berzina@cesis.example', type: 'work', primary: true }] },
    name: { formatted: 'Anna Bērziņa', familyName: 'Bērziņa', givenName: 'Anna' },
  });
  expect(body[enterprise]).toBeUndefined();
});

describe('groups', () => {
  test('are made without members', async () => {
    const { status, body } = await bed.scim('POST', '/Groups', {
      schemas: [
        'urn:ietf:params:scim:schemas:core:2.0:Group',
        'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
      ],
      ...{ externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName: 'VPVKAC clerks' },
      meta: { resourceType: 'Group' },
    });
    expect([status, body.members]).toEqual([201, []]);
    groupId = body.id;
    const { body: found } = await bed.scim(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "VPVKAC Clerks"')}`,
    );
    expect([found.totalResults, found.Resources[0].members]).toEqual([1, undefined]);
  });

  test('give a role to who is added, and take it from who is removed, with either form of a removal', async () => {
    const add = { op: 'Add', path: 'members', value: [{ $ref: null, value: userId }] };
    const removals = [
      { op: 'Remove', path: 'members', value: [{ $ref: null, value: userId }] },
      { op: 'Remove', path: `members[value eq "${userId}"]` },
    ];
    for (const remove of removals) {
      const added = await bed.scim('PATCH', `/Groups/${groupId}`, { schemas: patchOp, Operations: [add] });
      expect([added.status, added.body]).toEqual([204, undefined]);
      expect((await bed.accountOf(person.userName))?.grants).toEqual([clerk]);
      const { body } = await bed.scim(
        'GET',
        `/Groups?filter=${encodeURIComponent(`id eq "${groupId}" and members eq "${userId}"`)}`,
      );
      expect(body.totalResults).toBe(1);
      await bed.scim('PATCH', `/Groups/${groupId}`, { schemas: patchOp, Operations: [remove] });
      expect((await bed.accountOf(person.userName))?.grants).toEqual([]);
    }
    await bed.scim('PATCH', `/Groups/${groupId}`, { schemas: patchOp, Operations: [add] });
  });

  test('give another role by their id, and both to who is in both, each once', async () => {
    const { body } = await bed.scim('POST', '/Groups', {
      ...{ displayName: 'Any name', externalId: 'g-supervisors', members: [{ value: userId }, { value: userId }] },
    });
    expect(body.members).toEqual([{ value: userId }]);
    expect((await bed.accountOf(person.userName))?.grants).toEqual([clerk, supervisor]);
    expect((await bed.scim('DELETE', `/Groups/${body.id}`)).status).toBe(204);
    expect((await bed.accountOf(person.userName))?.grants).toEqual([clerk]);
    expect((await bed.scim('GET', `/Groups/${body.id}`)).status).toBe(404);
  });

  test('take the role away when they are renamed, and give it back', async () => {
    const rename = (displayName: string) =>
      bed.scim('PATCH', `/Groups/${groupId}`, {
        schemas: patchOp,
        Operations: [{ op: 'Replace', path: 'displayName', value: displayName }],
      });
    await rename('Others');
    expect((await bed.accountOf(person.userName))?.grants).toEqual([]);
    await rename('VPVKAC Clerks');
    expect((await bed.accountOf(person.userName))?.grants).toEqual([clerk]);
  });
});

test.each([false, 'False', 'false'])('a user who is disabled with %j is out, with all roles', async (off) => {
  const say = (value: unknown) =>
    bed.scim('PATCH', `/Users/${userId}`, { schemas: patchOp, Operations: [{ op: 'Replace', path: 'active', value }] });
  expect((await say(off)).body.active).toBe(false);
  expect(await bed.accountOf(person.userName)).toMatchObject({ active: false, grants: [] });
  expect((await say('True')).body.active).toBe(true);
  expect(await bed.accountOf(person.userName)).toMatchObject({ active: true, grants: [clerk] });
});

test('a user who is deleted is out, gone from groups, not found, and comes again with another account', async () => {
  const before = await bed.accountOf(person.userName);
  expect((await bed.scim('DELETE', `/Users/${userId}`)).status).toBe(204);
  expect(bed.accounts.now.get(before!.accountId)).toMatchObject({ active: false, grants: [] });
  expect((await bed.scim('DELETE', `/Users/${userId}`)).status).toBe(404);
  expect((await bed.scim('GET', `/Users/${userId}`)).status).toBe(404);
  expect((await bed.scim('GET', `/Groups/${groupId}`)).body.members).toEqual([]);
  const again = await bed.scim('POST', '/Users', person);
  expect([again.status, again.body.id === userId]).toEqual([201, false]);
  expect((await bed.accountOf(person.userName))?.accountId).not.toBe(before?.accountId);
});

test('no name and no address of staff is in the log or with the accounts', () => {
  const all = bed.lines.join('\n') + JSON.stringify(bed.accounts.calls);
  expect(all).not.toMatch(/ozola|bērziņa|berzina/i);
});
