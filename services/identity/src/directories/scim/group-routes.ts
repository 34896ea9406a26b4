import { type App, type FastifyRequest, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import type pg from 'pg';
import Type from 'typebox';
import { changeDirectory, type DirectoryChange } from '../change-directory.ts';
import {
  addGroup,
  changeGroup,
  changeMembers,
  deleteGroup,
  findGroup,
  type GroupRow,
  groupColumns,
} from '../groups.ts';
import { scimError, scimMediaType } from './errors.ts';
import { groupResource, patchGroup, readGroupWord } from './group.ts';
import { asAsked, type Conditions, isAsked, ListQuery, listResponse, OneQuery, pageOfQuery, whereOf } from './lists.ts';
import { readOperations } from './operations.ts';
import { idOf, isKnown, requireVersion, sendResource } from './resource.ts';
import { groupBytes, Resource, type ScimScope, scimPath } from './scope.ts';

const path = `${scimPath}/Groups`;

const withMember = `exists (select from identity.directory_member m
  where m.group_id = g.group_id and (m.value = $n or m.user_id::text = lower($n)))`;
const conditions: Conditions = {
  id: 'group_id::text = lower($n)',
  displayname: 'lower(display_name) = lower($n)',
  externalid: 'external_id = $n',
  members: withMember,
  'members.value': withMember,
};

const countSql = 'select count(*)::int as total from identity.directory_group g where directory = $1';
const listSql = `select ${groupColumns} from identity.directory_group g where directory = $1`;
const membersSql = `
  select group_id as "groupId", array_agg(distinct coalesce(user_id::text, value)) as members
    from identity.directory_member where group_id = any($1::uuid[]) group by group_id`;

const taken = () => scimError('uniqueness', 'Another group has this displayName or externalId.');
const params = Type.Object({ id: Type.String() });
const common = { tags: ['directories'], consumes: [scimMediaType, 'application/json'], produces: [scimMediaType] };
const config = { policy: policies.directoryPeople };
const found = { 200: Resource, 304: Type.Null() };
const nothing = { 204: Type.Null() };

/** Groups, which give their members roles where the settings say so. */
export function groupRoutes(app: App, scope: ScimScope): void {
  const { pool, follower, base, directoryOf } = scope;

  async function change(
    request: FastifyRequest,
    id: string,
    work: (change: DirectoryChange, row: GroupRow) => Promise<GroupRow | undefined>,
  ): Promise<GroupRow> {
    const directory = directoryOf(request);
    const { result, touched } = await changeDirectory(scope, directory, async (changing) => {
      const row = await findGroup(changing.tx, directory.name, idOf(id));
      if (row === undefined) throw notFound();
      requireVersion(request, row);
      const changed = await work(changing, row);
      if (changed === undefined) throw taken();
      return changed;
    });
    await follower.follow(touched);
    return result;
  }

  app.post(
    path,
    {
      ...{ config, bodyLimit: groupBytes },
      schema: { ...common, summary: 'SCIM: a group is made', body: Resource, response: { 201: Resource } },
    },
    async (request, reply) => {
      const { members, ...word } = readGroupWord(request.body);
      const { result: row, touched } = await changeDirectory(scope, directoryOf(request), async (changing) => {
        const added = await addGroup(changing, word);
        if (added === undefined) throw taken();
        return changeMembers(changing, added, [{ kind: 'add', values: members }]);
      });
      await follower.follow(touched);
      return sendResource(reply, 201, groupResource(row, base, (await membersOf(pool, [row])).get(row.groupId)));
    },
  );

  app.get(
    path,
    { config, schema: { ...common, summary: 'SCIM: groups', querystring: ListQuery, response: { 200: Resource } } },
    async (request) => {
      const { query } = request;
      const { startIndex, count } = pageOfQuery(query);
      const where = whereOf(query.filter, conditions, 2);
      const values = [directoryOf(request).name, ...where.values];
      const { rows } = await pool.query<{ total: number }>(countSql + where.text, values);
      const page = `order by position limit ${count} offset ${startIndex - 1}`;
      const listed = (await pool.query<GroupRow>(`${listSql}${where.text} ${page}`, values)).rows;
      const members = isAsked('members', query) ? await membersOf(pool, listed) : undefined;
      const resources = listed.map((row) => asAsked(groupResource(row, base, members?.get(row.groupId)), query));
      return listResponse(startIndex, rows[0]?.total ?? 0, resources);
    },
  );

  app.get(
    `${path}/:id`,
    {
      config,
      schema: { ...common, summary: 'SCIM: a group', params, querystring: OneQuery, response: found },
    },
    async (request, reply) => {
      const row = await findGroup(pool, directoryOf(request).name, idOf(request.params.id));
      if (row === undefined) throw notFound();
      if (isKnown(request, row)) return reply.code(304).send(null);
      const members = isAsked('members', request.query) ? await membersOf(pool, [row]) : undefined;
      return sendResource(reply, 200, asAsked(groupResource(row, base, members?.get(row.groupId)), request.query));
    },
  );

  app.put(
    `${path}/:id`,
    {
      ...{ config, bodyLimit: groupBytes },
      schema: { ...common, summary: 'SCIM: a group is', params, body: Resource, response: { 200: Resource } },
    },
    async (request, reply) => {
      const { members, ...word } = readGroupWord(request.body);
      const row = await change(request, request.params.id, async (changing, before) => {
        const changed = await changeGroup(changing, before, word);
        return changed && changeMembers(changing, changed, [{ kind: 'replace', values: members }]);
      });
      return sendResource(reply, 200, groupResource(row, base, (await membersOf(pool, [row])).get(row.groupId)));
    },
  );

  app.patch(
    `${path}/:id`,
    {
      ...{ config, bodyLimit: groupBytes },
      schema: { ...common, summary: 'SCIM: a group changes', params, body: Resource, response: nothing },
    },
    async (request, reply) => {
      const operations = readOperations(request.body);
      const row = await change(request, request.params.id, async (changing, before) => {
        const { word, members } = patchGroup(before, operations);
        const changed = await changeGroup(changing, before, word);
        return changed && changeMembers(changing, changed, members);
      });
      // Without a body: the answer to one more member is not ten thousand members.
      return reply.code(204).header('etag', `W/"${row.version}"`).send(null);
    },
  );

  app.delete(
    `${path}/:id`,
    { config, schema: { ...common, summary: 'SCIM: a group is no more', params, response: nothing } },
    async (request, reply) => {
      await change(request, request.params.id, async (changing, row) => {
        await deleteGroup(changing, row);
        return row;
      });
      return reply.code(204).send(null);
    },
  );
}

/** Members by group: ids of users, and as they were sent those who are not known yet. */
async function membersOf(pool: pg.Pool, rows: readonly GroupRow[]): Promise<Map<string, readonly string[]>> {
  const ids = rows.map(({ groupId }) => groupId);
  const found = await pool.query<{ groupId: string; members: string[] }>(membersSql, [ids]);
  const members = new Map(found.rows.map((row) => [row.groupId, row.members]));
  return new Map(ids.map((id) => [id, members.get(id) ?? []]));
}
