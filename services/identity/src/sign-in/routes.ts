import { parse } from 'node:querystring';
import type { App, FastifyReply, FastifyRequest, RateLimiter } from '@vienuviet/http';
import { errors } from 'oidc-provider';
import { type Language, languageOf } from '../pages/language.ts';
import { contentSecurityPolicy } from '../pages/page.ts';
import type { RunningProvider } from '../provider/current-provider.ts';
import { secondsToWait } from './attempts.ts';
import { type NoForm, type SignInError, signInPage, tellingPage } from './page.ts';
import type { CheckPassword } from './passwords.ts';

export interface SignInSettings {
  readonly current: () => RunningProvider;
  readonly limiter: RateLimiter;
  /** Undefined where people do not sign in with passwords. */
  readonly checkPassword: CheckPassword | undefined;
}

type Interaction = Awaited<ReturnType<RunningProvider['provider']['interactionDetails']>>;

const longestAccount = 128;
const longestPassword = 256;

/** The page on which a person signs in, in the middle of the way from an application and back to it. */
export function signInRoutes(app: App, { current, limiter, checkPassword }: SignInSettings): void {
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
    const options = {
      config: { policy: { public: true, why: 'who signs in is not known before; bound to a cookie' } },
      // A page, not a part of the interface; its fields are checked below, and answered with the page.
      schema: { hide: true } as never,
    } as const;

    routes.get('/sign-in/:uid', options, async (request, reply) => {
      const interaction = await interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      if (checkPassword === undefined) return tell(request, reply, 'unavailable', 503);
      return showForm(request, reply, interaction, {});
    });

    routes.post('/sign-in/:uid', options, async (request, reply) => {
      const interaction = await interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      if (checkPassword === undefined) return tell(request, reply, 'unavailable', 503);
      if (field(request, 'cancel') === 'yes') {
        return finish(request, reply, { error: 'access_denied', error_description: 'the person did not sign in' });
      }
      const account = field(request, 'account').trim().toLowerCase();
      const password = field(request, 'password');
      const missing: SignInError[] = [
        ...(account === '' ? (['accountMissing'] as const) : []),
        ...(password === '' ? (['passwordMissing'] as const) : []),
      ];
      if (missing.length > 0) return showForm(request, reply, interaction, { account, errors: missing, status: 400 });
      if (account.length > longestAccount || password.length > longestPassword) {
        return showForm(request, reply, interaction, { errors: ['wrong'], status: 400 });
      }
      const wait = await secondsToWait(limiter, { account, address: request.ip });
      if (wait !== undefined) {
        request.log.warn({ event: 'sign_in_slowed' }, 'too many tries to sign in');
        reply.header('retry-after', String(wait));
        return showForm(request, reply, interaction, { account, errors: ['tooMany'], status: 429 });
      }
      const person = await checkPassword(account, password);
      if (person === undefined) {
        request.log.info({ event: 'sign_in_refused' }, 'a wrong account name or password');
        return showForm(request, reply, interaction, { account, errors: ['wrong'], status: 400 });
      }
      request.log.info({ event: 'signed_in', actorId: person.name }, 'somebody signed in');
      return finish(request, reply, { login: { accountId: person.name, amr: ['pwd'], remember: true } });
    });
  });

  /** What the cookie says that this sign-in is about; undefined when it is over, or somebody else's. */
  async function interactionOf(request: FastifyRequest, reply: FastifyReply): Promise<Interaction | undefined> {
    try {
      const interaction = await current().provider.interactionDetails(request.raw, reply.raw);
      return interaction.uid === (request.params as { uid: string }).uid ? interaction : undefined;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }

  async function finish(request: FastifyRequest, reply: FastifyReply, result: object): Promise<FastifyReply> {
    const { provider } = current();
    const returnTo = await provider.interactionResult(request.raw, reply.raw, result as never, {
      mergeWithLastSubmission: false,
    });
    return reply.redirect(returnTo, 303);
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    interaction: Interaction,
    { status = 200, ...form }: { account?: string; errors?: readonly SignInError[]; status?: number },
  ): Promise<FastifyReply> {
    const { client_id: clientId, redirect_uri: redirectUri, ui_locales: uiLocales } = interaction.params;
    const client = await current().provider.Client.find(String(clientId));
    const text = signInPage({
      ...form,
      language: languageOfRequest(request, typeof uiLocales === 'string' ? uiLocales : undefined),
      address: `/sign-in/${interaction.uid}`,
      application: client?.clientName ?? String(clientId),
    });
    const policy = contentSecurityPolicy([new URL(String(redirectUri)).origin]);
    return reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', policy).send(text);
  }
}

function tell(request: FastifyRequest, reply: FastifyReply, what: NoForm, status: number) {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy())
    .send(tellingPage(languageOfRequest(request), what));
}

/** A field of the form, or of the address; the first one where there are several. */
function field(request: FastifyRequest, name: string): string {
  const body = (request.body ?? {}) as Record<string, string | string[] | undefined>;
  return [body[name]].flat()[0] ?? '';
}

function languageOfRequest(request: FastifyRequest, uiLocales?: string): Language {
  const query = (request.query ?? {}) as Record<string, string | string[] | undefined>;
  const switched = field(request, 'lang') || [query['lang']].flat()[0];
  return languageOf({ switched, uiLocales, accepted: request.headers['accept-language'] });
}
