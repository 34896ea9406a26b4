import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '@vienuviet/telemetry';
import Provider, { type errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { KeyRing } from '../keys/key-ring.ts';
import { html } from '../pages/html.ts';
import { type ProviderSettings, providerConfiguration, providerPaths } from './configuration.ts';
import type { ProviderPages } from './pages.ts';

export interface RunningProvider {
  readonly provider: Provider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/**
 * The provider with the keys of this moment. It takes its keys when it is made, so a new one is made when another key
 * signs or is published; all it knows is in the database, and requests under way end on the one that they began on.
 */
export function currentProvider(
  issuer: string,
  ring: KeyRing,
  settings: Omit<ProviderSettings, 'keys'>,
  log: Log,
): () => RunningProvider {
  let made: { keys: string; running: RunningProvider } | undefined;
  return () => {
    const { published } = ring.now();
    const keys = published.map(({ kid }) => kid).join(' ');
    if (made?.keys !== keys) {
      const provider = new Provider(
        issuer,
        providerConfiguration({ ...settings, keys: published.map(({ privateJwk }) => privateJwk as never) }),
      );
      // Addresses are made from the issuer's, see `mount.ts`.
      provider.proxy = true;
      provider.use(withoutScripts(settings.pages));
      logEvents(provider, log);
      made = { keys, running: { provider, handle: provider.callback() as RunningProvider['handle'] } };
    }
    return made.running;
  };
}

/**
 * Two answers of the provider are pages that send themselves on by a script, which the policy of our pages stops: the
 * response mode `form_post`, which is refused, and a sign-out without a session, which is asked about like every other.
 */
function withoutScripts(pages: ProviderPages) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    const mode = ctx.path === providerPaths.authorization ? ctx.query['response_mode'] : undefined;
    if (mode !== undefined && mode !== 'query') {
      ctx.status = 400;
      pages.error(ctx, { error: 'unsupported_response_mode' });
      return;
    }
    await next();
    if (ctx.path === '/.well-known/openid-configuration') {
      (ctx.body as Record<string, unknown>)['response_modes_supported'] = ['query'];
      return;
    }
    if (ctx.path !== providerPaths.end_session || ctx.status !== 200) return;
    const { session } = ctx.oidc;
    if (session === undefined || session.accountId !== undefined) return;
    const secret = String(session.state?.['secret']);
    const action = ctx.oidc.urlFor('end_session_confirm');
    const form = html`<form id="op.logoutForm" method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}"></form>`;
    pages.logout(ctx, form.text);
  };
}

/** What is refused and why, without what was sent; faults of our own with their cause. */
function logEvents(provider: Provider, log: Log): void {
  const refused = (event: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    const { error: code, error_detail: detail } = error;
    log.info({ event, clientId: ctx.oidc.client?.clientId, code, detail }, 'refused by the provider');
  };
  provider.on('authorization.error', refused('authorization_refused'));
  provider.on('grant.error', refused('token_refused'));
  provider.on('revocation.error', refused('revocation_refused'));
  provider.on('end_session.error', refused('logout_refused'));
  provider.on('end_session_confirm.error', refused('logout_refused'));
  provider.on('grant.revoked', (ctx) => {
    log.info({ event: 'grant_revoked', clientId: ctx.oidc.client?.clientId }, 'a grant was revoked');
  });
  provider.on('end_session.success', () => log.info({ event: 'signed_out' }, 'somebody signed out'));
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the provider failed'));
  // Koa would print to standard error.
  (provider as unknown as NodeJS.EventEmitter).on('error', (error) => log.error({ err: error }, 'the provider failed'));
}
