import { type App, type FastifyRequest, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import { changeDirectory, type DirectoryChange } from '../change-directory.ts';
import { addUser, changeUser, deleteUser, findUser, type UserRow, type UserWord, userColumns } from '../users.ts';
import { scimError, scimMediaType } from './errors.ts';
import { asAsked, type Conditions, ListQuery, listResponse, OneQuery, pageOfQuery, whereOf } from './lists.ts';
import { readOperations } from './operations.ts';
import { idOf, isKnown, requireVersion, sendResource } from './resource.ts';
import { Resource, type ScimScope, scimPath } from './scope.ts';
import { patchUser, readUser, userResource } from './user.ts';

const path = `${scimPath}/Users`;

const withAddress = "exists (select from jsonb_array_elements(emails) e where lower(e ->> 'value') = lower($n))";
const conditions: Conditions = {
  id: 'user_id::text = lower($n)',
  username: 'lower(user_name) = lower($n)',
  externalid: 'external_id = $n',
  displayname: 'lower(display_name) = lower($n)',
  active: 'active::text = $n',
  'emails.value': withAddress,
  'emails[type eq "work"].value': withAddress,
};

const countSql =
  'select count(*)::int as total from identity.directory_user where directory = $1 and deleted_at is null';
const listSql = `select ${userColumns} from identity.directory_user where directory = $1 and deleted_at is null`;

const taken = () => scimError('uniqueness', 'Another user has this userName or externalId.');
const params = Type.Object({ id: Type.String() });
const common = { tags: ['directories'], consumes: [scimMediaType, 'application/json'], produces: [scimMediaType] };
const config = { policy: policies.directoryPeople };
const found = { 200: Resource, 304: Type.Null() };

/** People, as a directory says who they are. Deleted is for the account the same as not active. */
export function userRoutes(app: App, scope: ScimScope): void {
  const { pool, follower, base, directoryOf } = scope;

  /** Changes a person who is there; the account follows before the answer. */
  async function change(
    request: FastifyRequest,
    id: string,
    work: (change: DirectoryChange, row: UserRow) => Promise<UserRow | undefined>,
  ): Promise<UserRow> {
    const directory = directoryOf(request);
    const { result, touched } = await changeDirectory(scope, directory, async (changing) => {
      const row = await findUser(changing.tx, directory.name, idOf(id));
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
    { config, schema: { ...common, summary: 'SCIM: a person comes', body: Resource, response: { 201: Resource } } },
    async (request, reply) => {
      const word = readUser(request.body);
      const { result: row, touched } = await changeDirectory(scope, directoryOf(request), async (changing) => {
        const added = await addUser(changing, word);
        if (added === undefined) throw taken();
        return added;
      });
      await follower.follow(touched);
      return sendResource(reply, 201, userResource(row, base));
    },
  );

  app.get(
    path,
    { config, schema: { ...common, summary: 'SCIM: people', querystring: ListQuery, response: { 200: Resource } } },
    async (request) => {
      const { query } = request;
      const { startIndex, count } = pageOfQuery(query);
      const where = whereOf(query.filter, conditions, 2);
      const values = [directoryOf(request).name, ...where.values];
      const { rows } = await pool.query<{ total: number }>(countSql + where.text, values);
      const page = `order by position limit ${count} offset ${startIndex - 1}`;
      const listed = await pool.query<UserRow>(`${listSql}${where.text} ${page}`, values);
      const resources = listed.rows.map((row) => asAsked(userResource(row, base), query));
      return listResponse(startIndex, rows[0]?.total ?? 0, resources);
    },
  );

  app.get(
    `${path}/:id`,
    {
      config,
      schema: { ...common, summary: 'SCIM: a person', params, querystring: OneQuery, response: found },
    },
    async (request, reply) => {
      const row = await findUser(pool, directoryOf(request).name, idOf(request.params.id));
      if (row === undefined) throw notFound();
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
        const row = await change(request, request.params.id, async (changing, before) =>
          changeUser(changing, before, made(before)),
        );
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
    { config, schema: { ...common, summary: 'SCIM: a person goes', params, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await change(request, request.params.id, async (changing, row) => {
        await deleteUser(changing, row);
        return row;
      });
      return reply.code(204).send(null);
    },
  );
}
