import type { App } from '@vienuviet/http';
import Type from 'typebox';
import type { Registry } from '../registry.ts';
import { anybody, options, SchemaBody, Subject, SubjectVersion } from './shapes.ts';
import { avroIn } from './subjects.ts';

const Verdict = Type.Object({
  is_compatible: Type.Boolean(),
  messages: Type.Optional(Type.Array(Type.String())),
});
const querystring = options({ verbose: Type.Optional(Type.Boolean()) });

/** Whether a schema could be the next version: by the rules that the repository checks, which are stricter than Avro's. */
export function compatibilityRoutes(app: App, registry: Registry): void {
  const config = anybody;
  const tags = ['compatibility'];
  const verdictOf = (problems: readonly string[], verbose = false): Type.Static<typeof Verdict> => ({
    is_compatible: problems.length === 0,
    ...(verbose ? { messages: [...problems] } : {}),
  });

  app.post(
    '/compatibility/subjects/:subject/versions',
    {
      config,
      schema: {
        tags,
        summary: 'Against all versions',
        params: Subject,
        querystring,
        body: SchemaBody,
        response: { 200: Verdict },
      },
    },
    async ({ params, query, body }) => verdictOf(registry.problemsOf(params.subject, avroIn(body)), query.verbose),
  );

  app.post(
    '/compatibility/subjects/:subject/versions/:version',
    {
      config,
      schema: {
        tags,
        summary: 'Against one version',
        params: SubjectVersion,
        querystring,
        body: SchemaBody,
        response: { 200: Verdict },
      },
    },
    async ({ params, query, body }) =>
      verdictOf(registry.problemsOf(params.subject, avroIn(body), params.version), query.verbose),
  );
}
