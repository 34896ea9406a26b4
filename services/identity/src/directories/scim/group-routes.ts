import type { App } from '@vienuviet/http';
import type pg from 'pg';
import {
  addGroup,
  changeGroup,
  changeMembers,
  deleteGroup,
  findGroup,
  type GroupRow,
  groupColumns,
} from '../groups.ts';
import { groupResource, patchGroup, readGroupWord } from './group.ts';
import { type Kind, route, rowsOf } from './kind.ts';
import { asAsked, isAsked, ListQuery, listResponse, OneQuery } from './lists.ts';
import { readOperations } from './operations.ts';
import { isKnown, sendResource } from './resource.ts';
import { groupBytes, Resource, type ScimScope, scimPath } from './scope.ts';

const path = `${scimPath}/Groups`;
const { config, params, common, found, nothing } = route;

const withMember = `exists (select from identity.directory_member m
  where m.group_id = g.group_id and (m.value = $n or m.user_id::text = lower($n)))`;

const groups: Kind<GroupRow> = {
  find: findGroup,
  columns: groupColumns,
  from: 'from identity.directory_group g where directory = $1',
  conditions: {
    id: 'group_id::text = lower($n)',
    displayname: 'lower(display_name) = lower($n)',
    externalid: 'external_id = $n',
    members: withMember,
    'members.value': withMember,
  },
  taken: 'Another group has this displayName or externalId.',
};

const membersSql = `
  select group_id as "groupId", array_agg(distinct coalesce(user_id::text, value)) as members
    from identity.directory_member where group_id = any($1::uuid[]) group by group_id`;

/** Groups, which give their members roles where the settings say so. */
export function groupRoutes(app: App, scope: ScimScope): void {
  const { pool, base } = scope;
  const { add, change, one, list } = rowsOf(scope, groups);

  app.post(
    path,
    {
      ...{ config, bodyLimit: groupBytes },
      schema: { ...common, summary: 'SCIM: a group is made', body: Resource, response: { 201: Resource } },
    },
    async (request, reply) => {
      const { members, ...word } = readGroupWord(request.body);
      const row = await add(request, async (changing) => {
        const added = await addGroup(changing, word);
        return added && changeMembers(changing, added, [{ kind: 'add', values: members }]);
      });
      return sendResource(reply, 201, groupResource(row, base, (await membersOf(pool, [row])).get(row.groupId)));
    },
  );

  app.get(
    path,
    { config, schema: { ...common, summary: 'SCIM: groups', querystring: ListQuery, response: { 200: Resource } } },
    async (request) => {
      const { query } = request;
      const { startIndex, total, rows } = await list(request);
      const members = isAsked('members', query) ? await membersOf(pool, rows) : undefined;
      const resources = rows.map((row) => asAsked(groupResource(row, base, members?.get(row.groupId)), query));
      return listResponse(startIndex, total, resources);
    },
  );

  app.get(
    `${path}/:id`,
    {
      config,
      schema: { ...common, summary: 'SCIM: a group', params, querystring: OneQuery, response: found },
    },
    async (request, reply) => {
      const row = await one(request);
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
      const row = await change(request, async (changing, before) => {
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
      const row = await change(request, async (changing, before) => {
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
      await change(request, async (changing, row) => {
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
