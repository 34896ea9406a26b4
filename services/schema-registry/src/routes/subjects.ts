import type { App } from '@vienuviet/http';
import Type from 'typebox';
import { RegistryError } from '../errors.ts';
import type { Registry } from '../registry.ts';
import { anybody, noOptions, options, Registered, SchemaBody, Subject, SubjectVersion } from './shapes.ts';

/** Subjects (full names of records) and their versions. */
export function subjectRoutes(app: App, registry: Registry): void {
  const config = anybody;
  const tags = ['subjects'];

  app.get(
    '/subjects',
    {
      config,
      schema: {
        tags,
        summary: 'All subjects',
        querystring: options({ subjectPrefix: Type.Optional(Type.String()) }),
        response: { 200: Type.Array(Type.String()) },
      },
    },
    async ({ query }) => [...registry.subjects(query.subjectPrefix ?? '')],
  );

  app.get(
    '/subjects/:subject/versions',
    {
      config,
      schema: {
        tags,
        summary: 'The versions of a subject',
        params: Subject,
        querystring: noOptions,
        response: { 200: Type.Array(Type.Integer()) },
      },
    },
    async ({ params }) => [...registry.versions(params.subject)],
  );

  app.get(
    '/subjects/:subject/versions/:version',
    {
      config,
      schema: {
        tags,
        summary: 'A version, or the latest',
        params: SubjectVersion,
        querystring: noOptions,
        response: { 200: Registered },
      },
    },
    async ({ params }) => registry.version(params.subject, params.version),
  );

  app.get(
    '/subjects/:subject/versions/:version/schema',
    {
      config,
      schema: { tags, summary: 'The schema of a version alone', params: SubjectVersion, querystring: noOptions },
    },
    async ({ params }, reply) => reply.send(registry.version(params.subject, params.version).schema),
  );

  app.get(
    '/subjects/:subject/versions/:version/referencedby',
    {
      config,
      schema: {
        tags,
        summary: 'Schemas that refer to a version: none, each is whole',
        params: SubjectVersion,
        querystring: noOptions,
        response: { 200: Type.Array(Type.Integer()) },
      },
    },
    async ({ params }) => {
      registry.version(params.subject, params.version);
      return [];
    },
  );

  app.post(
    '/subjects/:subject',
    {
      config,
      schema: {
        tags,
        summary: 'The version whose schema this is',
        params: Subject,
        querystring: noOptions,
        body: SchemaBody,
        response: { 200: Registered },
      },
    },
    async ({ params, body }) => registry.lookUp(params.subject, avroIn(body)),
  );

  app.post(
    '/subjects/:subject/versions',
    {
      config,
      schema: {
        tags,
        summary: 'The id of a schema that is registered; no other can be',
        description: 'Serializers ask this before they send. New schemas are committed to the repository.',
        params: Subject,
        querystring: noOptions,
        body: SchemaBody,
        response: { 200: Type.Object({ id: Type.Integer() }) },
      },
    },
    async ({ params, body }) => {
      try {
        return { id: registry.lookUp(params.subject, avroIn(body)).id };
      } catch (error) {
        if (!(error instanceof RegistryError) || !error.code.endsWith('_not_found')) throw error;
        throw new RegistryError('read_only', `Subject ${params.subject} is in read-only mode`);
      }
    },
  );
}

/** The schema of a body. Throws `invalid_schema` for what is not Avro alone. */
export function avroIn({ schema, schemaType = 'AVRO', references = [] }: Type.Static<typeof SchemaBody>): string {
  if (schemaType !== 'AVRO') throw new RegistryError('invalid_schema', `Invalid schema type ${schemaType}: only AVRO`);
  if (references.length > 0) throw new RegistryError('invalid_schema', 'References are not used: a schema is whole');
  return schema;
}
