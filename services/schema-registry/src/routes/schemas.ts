import type { App } from '@vienuviet/http';
import Type from 'typebox';
import type { Registry } from '../registry.ts';
import { anybody, Id, noOptions, options, Registered } from './shapes.ts';

/** Schemas by their ids: what a client asks for when it meets a message. */
export function schemaRoutes(app: App, registry: Registry): void {
  const config = anybody;

  app.get(
    '/schemas/types',
    {
      config,
      schema: {
        tags: ['schemas'],
        summary: 'Kinds of schemas',
        querystring: noOptions,
        response: { 200: Type.Array(Type.String()) },
      },
    },
    async () => ['AVRO'],
  );

  app.get(
    '/schemas',
    {
      config,
      schema: {
        tags: ['schemas'],
        summary: 'All schemas',
        querystring: options({
          subjectPrefix: Type.Optional(Type.String()),
          latestOnly: Type.Optional(Type.Boolean()),
          offset: Type.Optional(Type.Integer({ minimum: 0 })),
          limit: Type.Optional(Type.Integer({ minimum: -1 })),
        }),
        response: { 200: Type.Array(Registered) },
      },
    },
    async ({ query }) => {
      const { subjectPrefix = '', latestOnly = false, offset = 0, limit = -1 } = query;
      const found = registry
        .all()
        .filter(({ subject }) => subject.startsWith(subjectPrefix))
        .filter(({ subject, version }) => !latestOnly || version === registry.version(subject, 'latest').version);
      return found.slice(offset, limit < 0 ? undefined : offset + limit);
    },
  );

  app.get(
    '/schemas/ids/:id',
    {
      config,
      schema: {
        tags: ['schemas'],
        summary: 'The schema behind the id of a message',
        params: Id,
        querystring: options({ fetchMaxId: Type.Optional(Type.Boolean()) }),
        response: { 200: Type.Object({ schema: Type.String(), maxId: Type.Optional(Type.Integer()) }) },
      },
    },
    async ({ params, query }) => {
      const { schema } = registry.byId(params.id);
      return query.fetchMaxId ? { schema, maxId: registry.all().at(-1)!.id } : { schema };
    },
  );

  app.get(
    '/schemas/ids/:id/schema',
    { config, schema: { tags: ['schemas'], summary: 'The schema alone', params: Id, querystring: noOptions } },
    // Sent as it is: the answer is the schema, not a text in JSON.
    async ({ params }, reply) => reply.send(registry.byId(params.id).schema),
  );

  app.get(
    '/schemas/ids/:id/subjects',
    {
      config,
      schema: {
        tags: ['schemas'],
        summary: 'The subjects of a schema',
        params: Id,
        querystring: noOptions,
        response: { 200: Type.Array(Type.String()) },
      },
    },
    async ({ params }) => [registry.byId(params.id).subject],
  );

  app.get(
    '/schemas/ids/:id/versions',
    {
      config,
      schema: {
        tags: ['schemas'],
        summary: 'The versions of a schema',
        params: Id,
        querystring: noOptions,
        response: { 200: Type.Array(Type.Object({ subject: Type.String(), version: Type.Integer() })) },
      },
    },
    async ({ params }) => {
      const { subject, version } = registry.byId(params.id);
      return [{ subject, version }];
    },
  );
}
