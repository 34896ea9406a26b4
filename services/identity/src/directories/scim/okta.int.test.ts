/** Requests as Okta sends them (its reference of SCIM 2.0), and as a client that keeps to the standard may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clerk, type DirectoryBed, directoryBed } from '../tests/directory-bed.ts';

const patchOp = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
let bed: DirectoryBed;
beforeAll(async () => {
  bed = await directoryBed();
});
afterAll(() => bed?.close());

const person = (name: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${name}@vsaa.example`,
  name: { givenName: name, familyName: 'Kalns' },
  emails: [{ primary: true, value: `${name}@vsaa.example`, type: 'work' }],
  ...{ displayName: `${name} Kalns`, locale: 'lv-LV', externalId: `00u-${name}`, groups: [], password: '1mz050nq' },
  active: true,
});
const make = async (name: string) => (await bed.scim('POST', '/Users', person(name))).body;

describe('Okta', () => {
  test('makes a user; the password that it sends is kept nowhere', async () => {
    expect((await bed.scim('GET', '/Users?startIndex=1&count=2')).body.totalResults).toBe(0);
    const { body } = await bed.scim('POST', '/Users', person('juris'));
    expect(body.password).toBeUndefined();
    const { rows } = await bed.database.pool('owner').query('select * from identity.directory_user');
    expect(JSON.stringify(rows)).not.toContain('1mz050nq');
    expect(bed.lines.join()).not.toContain('1mz050nq');
  });

  test('replaces a whole user; what it leaves out is no more, and activity is as it was', async () => {
    const { id } = await make('ilze');
    const { displayName, active, ...rest } = person('ilze');
    const { body } = await bed.scim('PUT', `/Users/${id}`, { ...rest, id, userName: 'ilze.new@vsaa.example' });
    expect(body).toMatchObject({ userName: 'ilze.new@vsaa.example', active: true });
    expect(body.displayName).toBeUndefined();
  });

  test('switches a user off and on by a value without a path', async () => {
    const { id } = await make('peteris');
    for (const active of [false, true]) {
      const operations = [{ op: 'replace', value: { active } }];
      const { status, body } = await bed.scim('PATCH', `/Users/${id}`, { schemas: patchOp, Operations: operations });
      expect([status, body.active]).toEqual([200, active]);
      expect((await bed.accountOf('peteris@vsaa.example'))?.active).toBe(active);
    }
  });

  test('pushes a group: name and id without a path, members added, replaced and removed', async () => {
    const [one, two] = [await make('liga'), await make('maris')];
    const { body: group } = await bed.scim('POST', '/Groups', { schemas: [], displayName: 'New', members: [] });
    const patch = (...operations: object[]) =>
      bed.scim('PATCH', `/Groups/${group.id}`, { schemas: patchOp, Operations: operations });
    const members = async () =>
      (await bed.scim('GET', `/Groups/${group.id}`)).body.members.map(({ value }: { value: string }) => value).sort();
    await patch({ op: 'replace', value: { id: group.id, displayName: 'VPVKAC Clerks' } });
    await patch({ op: 'add', path: 'members', value: [{ value: one.id, display: one.userName }] });
    expect((await bed.accountOf(one.userName))?.grants).toEqual([clerk]);
    await patch({ op: 'replace', path: 'members', value: [{ value: two.id, display: two.userName }] });
    expect(await members()).toEqual([two.id]);
    expect((await bed.accountOf(one.userName))?.grants).toEqual([]);
    await patch(
      { op: 'add', path: 'members', value: { value: one.id } },
      { op: 'remove', path: `members[value eq "${two.id}"]` },
    );
    expect(await members()).toEqual([one.id]);
    await patch({ op: 'remove', path: 'members' });
    expect(await members()).toEqual([]);
    const { status, body } = await bed.scim('PUT', `/Groups/${group.id}`, {
      ...{ displayName: 'VPVKAC Clerks', members: [{ value: one.id }, { value: two.id }] },
    });
    expect([status, body.members.length]).toEqual([200, 2]);
    expect((await bed.accountOf(two.userName))?.grants).toEqual([clerk]);
  });
});

describe('any client', () => {
  test('reads what can be done, which resources there are, and their schemas', async () => {
    const config = await bed.scim('GET', '/ServiceProviderConfig');
    expect(config.body).toMatchObject({
      patch: { supported: true },
      etag: { supported: true },
      bulk: { supported: false },
    });
    expect((await bed.scim('GET', '/ResourceTypes')).body.Resources).toHaveLength(2);
    const schemas = (await bed.scim('GET', '/Schemas')).body.Resources as { id: string; meta: { location: string } }[];
    for (const { id } of schemas) expect((await bed.scim('GET', `/Schemas/${id}`)).body.id).toBe(id);
    expect((await bed.scim('GET', '/Schemas/none')).status).toBe(404);
  });

  test('pages through people in an order that holds', async () => {
    const names = async (query: string) =>
      (await bed.scim('GET', `/Users?${query}`)).body.Resources.map(({ userName }: { userName: string }) => userName);
    const all = await names('');
    expect(all.length).toBeGreaterThan(3);
    expect([...(await names('startIndex=1&count=2')), ...(await names('startIndex=3&count=500'))]).toEqual(all);
    expect(await names('startIndex=-5&count=1')).toEqual(all.slice(0, 1));
    const none = await bed.scim('GET', '/Users?count=0');
    expect([none.body.totalResults, none.body.Resources]).toEqual([all.length, []]);
    expect((await bed.scim('GET', '/Users?attributes=userName&count=1')).body.Resources[0].emails).toBeUndefined();
  });

  test('changes only the version that it has read', async () => {
    const made = await make('karlis');
    const put = (headers: object, displayName: string) =>
      bed.scim('PUT', `/Users/${made.id}`, { ...person('karlis'), displayName }, { headers });
    const changed = await put({ 'if-match': made.meta.version }, 'Kārlis');
    expect([changed.status, changed.headers['etag'] === made.meta.version]).toEqual([200, false]);
    const late = await put({ 'if-match': made.meta.version }, 'Somebody');
    expect([late.status, late.body.status]).toEqual([412, '412']);
    expect((await put({ 'if-match': '*' }, 'Kārlis')).headers['etag']).toBe(changed.headers['etag']);
    const known = { headers: { 'if-none-match': changed.headers['etag'] } };
    expect((await bed.scim('GET', `/Users/${made.id}`, undefined, known)).status).toBe(304);
  });

  test.each([
    ['half a body', '{"userName":', 'invalidSyntax'],
    ['no name', { active: true }, 'invalidValue'],
    ['a name that is no text', { userName: 7 }, 'invalidValue'],
    ['activity that is neither', { userName: 'x', active: 'maybe' }, 'invalidValue'],
    ['addresses that are none', { userName: 'x', emails: ['x'] }, 'invalidValue'],
  ])('is told in the words of SCIM that it sent %s', async (_, body, scimType) => {
    const answer = await bed.scim('POST', '/Users', body);
    expect([answer.status, answer.body.scimType, answer.body.status]).toEqual([400, scimType, '400']);
    expect(answer.headers['content-type']).toContain('application/scim+json');
  });

  test.each([
    ['no operations', { Operations: [] }, 'invalidSyntax'],
    ['an operation that nobody knows', { Operations: [{ op: 'move', path: 'active' }] }, 'invalidSyntax'],
    ['a removal of nothing', { Operations: [{ op: 'remove' }] }, 'noTarget'],
    ['a misspelt attribute', { Operations: [{ op: 'replace', path: 'actve', value: false }] }, 'invalidPath'],
    ['a path that is none', { Operations: [{ op: 'replace', path: 'name..x', value: 'y' }] }, 'invalidPath'],
    ['no userName any more', { Operations: [{ op: 'remove', path: 'userName' }] }, 'mutability'],
  ])('is refused %s, and nothing of it is done', async (_, body, scimType) => {
    const { body: list } = await bed.scim('GET', '/Users?count=1');
    const [{ id, meta }] = list.Resources;
    const answer = await bed.scim('PATCH', `/Users/${id}`, { schemas: patchOp, ...body });
    expect([answer.status, answer.body.scimType]).toEqual([400, scimType]);
    expect((await bed.scim('GET', `/Users/${id}`)).body.meta.version).toBe(meta.version);
  });

  test('makes nobody a member by saying what a member is called', async () => {
    const { body: group } = await bed.scim('POST', '/Groups', { displayName: 'Called' });
    const path = 'members[value eq "somebody"].display';
    const answer = await bed.scim('PATCH', `/Groups/${group.id}`, {
      ...{ schemas: patchOp, Operations: [{ op: 'replace', path, value: 'Somebody' }] },
    });
    expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidPath']);
    expect((await bed.scim('GET', `/Groups/${group.id}`)).body.members ?? []).toEqual([]);
  });

  test('sends JSON under its plain name, too, and no other kind', async () => {
    const plain = { headers: { 'content-type': 'application/json' } };
    expect((await bed.scim('POST', '/Users', person('zane'), plain)).status).toBe(201);
    const other = { headers: { 'content-type': 'text/plain' } };
    expect((await bed.scim('POST', '/Users', person('inga'), other)).status).toBe(415);
  });

  test('sends a request twice, and it is done once', async () => {
    const { id, meta } = await make('uldis');
    const off = { Operations: [{ op: 'replace', path: 'active', value: true }] };
    expect((await bed.scim('PATCH', `/Users/${id}`, off)).body.meta.version).toBe(meta.version);
    const { body: group } = await bed.scim('POST', '/Groups', { displayName: 'Twice', members: [{ value: id }] });
    const add = { Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }] };
    expect((await bed.scim('PATCH', `/Groups/${group.id}`, add)).headers['etag']).toBe(group.meta.version);
    expect((await bed.scim('POST', '/Groups', { displayName: 'twice' })).status).toBe(409);
  });
});
