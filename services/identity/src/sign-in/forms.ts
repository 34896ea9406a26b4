import { parse } from 'node:querystring';
import type { App, FastifyReply, FastifyRequest } from '@vienuviet/http';
import { type Language, languageOf } from '../pages/language.ts';
import { contentSecurityPolicy } from '../pages/page.ts';
import { type NoForm, tellingPage } from './page.ts';

/** Of every page on the way of a sign-in: not a part of the interface; its fields are checked in its handler. */
export const pageOptions = {
  config: { policy: { public: true, why: 'who signs in is not known before; bound to a cookie' } },
  schema: { hide: true } as never,
} as const;

/** Adds routes that take forms and answer with pages, also when something goes wrong. */
export function formRoutes(app: App, add: (routes: App) => void): void {
  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4_096 },
      (_request, text, done) => done(null, parse(text as string, undefined, undefined, { maxKeys: 20 })),
    );
    routes.setErrorHandler((error, request, reply) => {
      // What the sender did wrong is answered like everywhere; a fault of ours meets a person, who needs a page.
      const { statusCode = 500 } = error as { statusCode?: number };
      if (statusCode < 500) throw error;
      request.log.error({ err: error }, 'the sign-in page cannot be served');
      return tell(request, reply, 'trouble', 503);
    });
    add(routes as App);
  });
}

/** A page that says why there is no form; `again` is where to begin once more. */
export const tell = (request: FastifyRequest, reply: FastifyReply, what: NoForm, status: number, again?: string) =>
  sendPage(reply, tellingPage(languageOfRequest(request), what, again), { status });

export const sendPage = (
  reply: FastifyReply,
  text: string,
  { status = 200, formOrigins = [] }: { status?: number; formOrigins?: readonly string[] } = {},
): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy(formOrigins))
    .send(text);

/** A field of the form; the first one where there are several. */
export function field(request: FastifyRequest, name: string): string {
  const body = (request.body ?? {}) as Record<string, string | string[] | undefined>;
  return [body[name]].flat()[0] ?? '';
}

/** A parameter of the address; the first one where there are several. */
export function parameter(request: FastifyRequest, name: string): string {
  const query = (request.query ?? {}) as Record<string, string | string[] | undefined>;
  return [query[name]].flat()[0] ?? '';
}

export const languageOfRequest = (request: FastifyRequest, uiLocales?: unknown): Language =>
  languageOf({
    switched: field(request, 'lang') || parameter(request, 'lang'),
    uiLocales: typeof uiLocales === 'string' ? uiLocales : undefined,
    accepted: request.headers['accept-language'],
  });
