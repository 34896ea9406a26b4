import type { App } from '@vienuviet/http';
import Type from 'typebox';
import { RegistryError } from '../errors.ts';
import type { Registry } from '../registry.ts';
import { anybody, noOptions, Subject, SubjectVersion } from './shapes.ts';

const level = { compatibilityLevel: 'FULL_TRANSITIVE' } as const;
const mode = { mode: 'READONLY' } as const;

/** What holds for every subject, and the refusal of whatever would change something. */
export function settingRoutes(app: App, registry: Registry): void {
  const config = anybody;
  const tags = ['settings'];
  const Level = Type.Object({ compatibilityLevel: Type.String() });
  const Mode = Type.Object({ mode: Type.String() });

  app.get(
    '/config',
    { config, schema: { tags, summary: 'The rule of changes', querystring: noOptions, response: { 200: Level } } },
    async () => level,
  );
  app.get(
    '/config/:subject',
    {
      config,
      schema: {
        tags,
        summary: 'The rule of changes of a subject',
        params: Subject,
        querystring: noOptions,
        response: { 200: Level },
      },
    },
    async ({ params }) => {
      registry.versions(params.subject);
      return level;
    },
  );
  app.get(
    '/mode',
    { config, schema: { tags, summary: 'The mode', querystring: noOptions, response: { 200: Mode } } },
    async () => mode,
  );
  app.get(
    '/mode/:subject',
    {
      config,
      schema: {
        tags,
        summary: 'The mode of a subject',
        params: Subject,
        querystring: noOptions,
        response: { 200: Mode },
      },
    },
    async ({ params }) => {
      registry.versions(params.subject);
      return mode;
    },
  );
  app.get(
    '/contexts',
    {
      config,
      schema: {
        tags,
        summary: 'Contexts: only the default one',
        querystring: noOptions,
        response: { 200: Type.Array(Type.String()) },
      },
    },
    async () => ['.'],
  );

  const writes = [
    { method: 'PUT', url: '/config' },
    { method: 'DELETE', url: '/config' },
    { method: 'PUT', url: '/config/:subject', params: Subject },
    { method: 'DELETE', url: '/config/:subject', params: Subject },
    { method: 'PUT', url: '/mode' },
    { method: 'PUT', url: '/mode/:subject', params: Subject },
    { method: 'DELETE', url: '/mode/:subject', params: Subject },
    { method: 'DELETE', url: '/subjects/:subject', params: Subject },
    { method: 'DELETE', url: '/subjects/:subject/versions/:version', params: SubjectVersion },
  ] as const;
  for (const { method, url, ...parts } of writes) {
    app.route({
      method,
      url,
      config,
      schema: {
        tags,
        summary: 'Refused: the contracts are changed in the repository',
        querystring: noOptions,
        ...('params' in parts ? { params: parts.params } : {}),
        ...(method === 'PUT' ? { body: Type.Unknown() } : {}),
      },
      handler: async () => {
        throw new RegistryError(
          'read_only',
          'The registry is in read-only mode: contracts are changed in the repository',
        );
      },
    });
  }
}
