import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, type FastifyReply, type FastifyRequest, type RateLimit, safeHeaders } from '@vienuviet/http';
import { providerPaths } from './configuration.ts';
import type { RunningProvider } from './current-provider.ts';
import { rememberRequest } from './request-of.ts';

export interface MountSettings {
  readonly issuer: string;
  readonly current: () => RunningProvider;
  /** Origins whose scripts may fetch tokens. */
  readonly origins: readonly string[];
  /** Everybody comes from one address, which then may fetch tokens as often as anything else. */
  readonly oneAddress: boolean;
}

/** Requests of one address for tokens; the provider looks up keys and checks a signature for each. */
const tokenRate: RateLimit = { requests: 600, windowSeconds: 60 };

/**
 * Serves the provider's routes beside our own. Each is declared here, so that it passes the same hooks as every route
 * (limits, request id, metrics) and stands in the list of routes; the provider writes its answer itself.
 */
export function mountProvider(app: App, { issuer, current, origins, oneAddress }: MountSettings): void {
  app.register(async (routes) => {
    // The provider reads the body, 56 KiB at most; other kinds than forms are refused here.
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('application/x-www-form-urlencoded', (_request, _body, done) => done(null));
    const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.hijack();
      keepHeaders(reply);
      pinAddress(request.raw, issuer);
      rememberRequest(request);
      await current().handle(request.raw, reply.raw);
    };
    const { authorization, token, revocation, end_session: logout } = providerPaths;
    const rate = oneAddress ? undefined : tokenRate;
    const declared = [
      ['GET', '/.well-known/openid-configuration', 'what a program needs to know before it can sign in'],
      ['GET', authorization, 'nobody is known yet who comes to sign in'],
      ['GET', `${authorization}/:uid`, 'the way back from the sign-in page, bound to a cookie'],
      ['POST', token, 'clients show a key or a code of their own', rate],
      ['POST', revocation, 'clients show a key or a token of their own', rate],
      ['GET', logout, 'the session is in a cookie'],
      ['POST', `${logout}/confirm`, 'the session is in a cookie'],
      ['GET', `${logout}/success`, 'says that somebody is signed out'],
    ] as const;
    for (const [method, url, why, own] of declared) {
      routes.route({
        method,
        url,
        config: { policy: { public: true, why }, ...(own === undefined ? {} : { rate: own }) },
        // Described by the OpenID configuration, not by OpenAPI; the provider checks query and body.
        schema: { hide: true } as never,
        handler: serve,
      });
    }
    for (const url of [token, revocation]) {
      routes.options(
        url,
        {
          config: { policy: { public: true, why: 'browsers ask what a page of another origin may send' } },
          schema: { hide: true } as never,
        },
        async (request, reply) => {
          const { origin } = request.headers;
          if (origin !== undefined && origins.includes(origin)) {
            reply.headers({
              'access-control-allow-origin': origin,
              'access-control-allow-methods': 'POST',
              'access-control-allow-headers': 'authorization, content-type, x-requested-with',
              'access-control-max-age': '600',
            });
          }
          reply.header('vary', 'Origin');
          return reply.code(204).send();
        },
      );
    }
  });
}

/**
 * Headers that the app gave this answer, set just before they are sent: the provider sets more, and drops all when it
 * fails.
 */
function keepHeaders(reply: FastifyReply): void {
  const response: ServerResponse = reply.raw;
  const ours = { ...safeHeaders, ...reply.getHeaders() };
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    for (const [name, value] of Object.entries(ours)) {
      if (value !== undefined && !response.hasHeader(name)) response.setHeader(name, value);
    }
    return writeHead(...args);
  };
}

/** The provider makes addresses from the request's host: it is told the issuer's, whatever the sender wrote. */
function pinAddress(request: IncomingMessage, issuer: string): void {
  const { host, protocol } = new URL(issuer);
  delete request.headers['x-forwarded-host'];
  request.headers.host = host;
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
}
