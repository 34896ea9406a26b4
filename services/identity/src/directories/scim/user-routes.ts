import type { App } from '@vienuviet/http';
import { addUser, changeUser, deleteUser, findUser, type UserRow, type UserWord, userColumns } from '../users.ts';
import { type Kind, route, rowsOf } from './kind.ts';
import { asAsked, ListQuery, listResponse, OneQuery } from './lists.ts';
import { readOperations } from './operations.ts';
import { isKnown, sendResource } from './resource.ts';
import { Resource, type ScimScope, scimPath } from './scope.ts';
import { patchUser, readUser, userResource } from './user.ts';

const path = `${scimPath}/Users`;
const { config, params, common, found, nothing } = route;

const withAddress = "exists (select from jsonb_array_elements(emails) e where lower(e ->> 'value') = lower($n))";

const users: Kind<UserRow> = {
  find: findUser,
  columns: userColumns,
  from: 'from identity.directory_user where directory = $1 and deleted_at is null',
  conditions: {
    id: 'user_id::text = lower($n)',
    username: 'lower(user_name) = lower($n)',
    externalid: 'external_id = $n',
    displayname: 'lower(display_name) = lower($n)',
    active: 'active::text = $n',
    'emails.value': withAddress,
    'emails[type eq "work"].value': withAddress,
  },
  taken: 'Another user has this userName or externalId.',
};

/** People, as a directory says who they are. Deleted is for the account the same as not active. */
export function userRoutes(app: App, scope: ScimScope): void {
  const { base } = scope;
  const { add, change, one, list } = rowsOf(scope, users);

  app.post(
    path,
    { config, schema: { ...common, summary: 'SCIM: a person comes', body: Resource, response: { 201: Resource } } },
    async (request, reply) => {
      const word = readUser(request.body);
      const row = await add(request, (changing) => addUser(changing, word));
      return sendResource(reply, 201, userResource(row, base));
    },
  );

  app.get(
    path,
    { config, schema: { ...common, summary: 'SCIM: people', querystring: ListQuery, response: { 200: Resource } } },
    async (request) => {
      const { startIndex, total, rows } = await list(request);
      const resources = rows.map((row) => asAsked(userResource(row, base), request.query));
      return listResponse(startIndex, total, resources);
    },
  );

  app.get(
    `${path}/:id`,
    { config, schema: { ...common, summary: 'SCIM: a person', params, querystring: OneQuery, response: found } },
    async (request, reply) => {
      const row = await one(request);
      if (isKnown(request, row)) return reply.code(304).send(null);
      return sendResource(reply, 200, asAsked(userResource(row, base), request.query));
    },
  );

  const changes = (
    method: 'PUT' | 'PATCH',
    summary: string,
    read: (body: Record<string, unknown>) => (row: UserRow) => UserWord,
  ) =>
    app.route({
      ...{ method, url: `${path}/:id`, config },
      schema: { ...common, summary, params, body: Resource, response: { 200: Resource } },
      handler: async (request, reply) => {
        const made = read(request.body);
        const row = await change(request, (changing, before) => changeUser(changing, before, made(before)));
        return sendResource(reply, 200, userResource(row, base));
      },
    });

  changes('PUT', 'SCIM: a person is', (body) => (row) => readUser(body, row.active));
  changes('PATCH', 'SCIM: a person changes', (body) => {
    const operations = readOperations(body);
    return (row) => patchUser(row, operations);
  });

  app.delete(
    `${path}/:id`,
    { config, schema: { ...common, summary: 'SCIM: a person goes', params, response: nothing } },
    async (request, reply) => {
      await change(request, async (changing, row) => {
        await deleteUser(changing, row);
        return row;
      });
      return reply.code(204).send(null);
    },
  );
}
