import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import Type from 'typebox';
import { withEnums } from './open-api-enums.ts';
import { describePolicy, type Policy, purposes } from './policy.ts';
import { problemMediaType } from './problems.ts';
import type { AppSettings } from './settings.ts';
import { openApiClient, openApiPages, signInPaths } from './sign-in.ts';
import { closed } from './validation.ts';

/** A problem document (RFC 9457), as every error of every route is answered. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; the page of problems lists them.' }),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String({ description: 'Id of the request, as in the logs.' })),
  },
  { $id: 'Problem', additionalProperties: true },
);

const open: Policy = { public: true, why: 'the description of the interface is no secret' };

/** Describes the app in OpenAPI 3.1 at `/openapi.json`, and shows it at `/docs` from files of our own. */
export async function registerOpenApi(app: FastifyInstance, settings: AppSettings): Promise<void> {
  app.addSchema(problemSchema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: settings.title, version: settings.version, description: settings.description },
      components: {
        securitySchemes: {
          // The first one is what people see of the dialog.
          ...(settings.auth === undefined ? {} : { signIn: signInScheme(settings.auth.issuer) }),
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'A token that you have already.',
          },
        },
      },
    },
    refResolver: { buildLocalReference: (schema) => String(schema['$id']) },
    transform: ({ schema, url, route }) => ({
      schema: withEnums(documented(schema, route, settings.auth !== undefined)),
      url,
    }),
  });
  await app.register(async (pages) => {
    // The pages' own routes get their policy here; hidden routes are not part of the interface described.
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: open, rate: false };
    });
    await pages.register(swaggerUi, {
      routePrefix: openApiPages,
      staticCSP: true,
      theme: { title: settings.title },
      // Without the bar in which other documents could be opened, and the badge that shows ours to a server elsewhere.
      uiConfig: { deepLinking: true, layout: 'BaseLayout', validatorUrl: null },
      transformStaticCSP: ourFilesAlone,
      ...(settings.auth === undefined ? {} : signInAt(settings.auth.issuer)),
    });
    pages.get('/openapi.json', { schema: { hide: true } as FastifySchema }, async () => app.swagger());
  });
}

const signInScheme = (issuer: string) => ({
  type: 'oauth2' as const,
  description: 'Opens a window in which you sign in. There is no `client_secret`: leave it empty.',
  flows: {
    authorizationCode: {
      authorizationUrl: `${issuer}${signInPaths.authorization}`,
      tokenUrl: `${issuer}${signInPaths.token}`,
      scopes: { openid: 'Who you are' },
    },
  },
});

/** The pages' policy without what they may load from elsewhere; no link of theirs is led astray by a `<base>`. */
const ourFilesAlone = (policy: string): string =>
  policy.replace("base-uri 'self'", "base-uri 'none'").replaceAll(/ (https:|validator\.swagger\.io)(?=[ ;])/g, '');

/** Lets the pages sign somebody in: they fetch the token from the issuer, and from nowhere else. */
const signInAt = (issuer: string) => ({
  initOAuth: { clientId: openApiClient, usePkceWithAuthorizationCodeGrant: true, scopes: ['openid'] },
  transformStaticCSP: (policy: string) => `${ourFilesAlone(policy)} connect-src 'self' ${new URL(issuer).origin};`,
});

type Documented = FastifySchema & Record<string, unknown>;
type Route = Pick<RouteOptions, 'method'> & { config?: RouteOptions['config'] | undefined };

/** What the document says of a route beyond its own schema: who may call it, headers, and every problem it answers. */
function documented(schema: FastifySchema | undefined, { config, method }: Route, signIn: boolean): Documented {
  const described: Documented = { ...schema };
  const policy = config?.policy;
  if (described['hide'] === true || policy === undefined) return described;
  const own = typeof described['description'] === 'string' ? `${described['description']}\n\n` : '';
  const headers = withHeaders(described.headers, policy, config?.command === true);
  return {
    ...described,
    ...('body' in described ? { body: closed(described.body) } : {}),
    ...('querystring' in described ? { querystring: closed(described.querystring) } : {}),
    ...(headers === undefined ? {} : { headers }),
    description: `${own}${describePolicy(policy)}`,
    security: 'public' in policy ? [] : [...(signIn ? [{ signIn: ['openid'] }] : []), { bearer: [] }],
    response: {
      ...withDescriptions(described.response),
      ...problemResponses(statusesOf(described, policy, { config, method })),
    },
  };
}

type HeaderSchema = { properties?: Record<string, unknown>; required?: string[] };

/** Headers that the policy and the kind of route ask for, beside those that the route declares itself. */
function withHeaders(headers: unknown, policy: Policy, command: boolean): HeaderSchema | undefined {
  const asked: Record<string, unknown> = {};
  if (!('public' in policy) && policy.purpose) {
    asked['Purpose'] = { type: 'string', enum: [...purposes], description: "Why the person's case is read." };
  }
  if (command) {
    asked['Idempotency-Key'] = {
      type: 'string',
      format: 'uuid',
      description:
        'Fresh for each command; the same when it is repeated, which then is answered without a second effect.',
    };
  }
  if (headers === undefined && Object.keys(asked).length === 0) return undefined;
  const own = (headers ?? { type: 'object' }) as HeaderSchema;
  return {
    ...own,
    properties: { ...own.properties, ...asked },
    required: [...(own.required ?? []), ...Object.keys(asked)],
  };
}

function withDescriptions(response: unknown): Record<string, unknown> {
  const responses = (response ?? { 200: { type: 'null' } }) as Record<string, Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(responses).map(([status, one]) => [status, { description: 'As asked.', ...one }]),
  );
}

const words: Readonly<Record<number, string>> = {
  400: 'Not as the schema says.',
  401: 'No token, or not a good one; or one of a sign-in that does not suffice.',
  403: 'None of your roles may do this.',
  404: 'Not there, or not yours.',
  409: 'The command was refused; `allowed` may name what can be done now.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'A header is missing or wrong: `Idempotency-Key` or `Purpose`.',
  429: 'Too many requests; see `Retry-After`.',
  500: 'Something went wrong on our side.',
  503: 'Not at the moment.',
  504: 'What `after` names is not here yet.',
};

function statusesOf(schema: Documented, policy: Policy, { config, method }: Route): number[] {
  const writes = [method].flat().some((one) => one !== 'GET' && one !== 'HEAD');
  const roled = !('public' in policy);
  const waits = 'after' in ((schema.querystring as { properties?: object } | undefined)?.properties ?? {});
  return [
    400,
    ...(roled ? [401, 403, 404] : []),
    ...(writes ? [409, 413, 415] : []),
    ...((writes && roled) || (roled && policy.purpose) ? [422] : []),
    ...(config?.rate === false ? [] : [429]),
    500,
    503,
    ...(waits ? [504] : []),
  ];
}

const problemResponses = (statuses: readonly number[]): Record<string, unknown> =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: words[status], content: { [problemMediaType]: { schema: { $ref: 'Problem#' } } } },
    ]),
  );
