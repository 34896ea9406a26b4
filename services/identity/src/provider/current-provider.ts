import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '@vienuviet/telemetry';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { KeyRing } from '../keys/key-ring.ts';
import { html } from '../pages/html.ts';
import { type ProviderSettings, providerConfiguration, providerPaths } from './configuration.ts';
import { watchProvider } from './events.ts';
import type { ProviderPages } from './pages.ts';

export interface RunningProvider {
  readonly provider: Provider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface CurrentProviderSettings extends Omit<ProviderSettings, 'keys'> {
  /** Called before somebody who signs out is told so. */
  signedOut(accountId: string): Promise<unknown>;
}

/**
 * The provider with the keys of this moment. It takes its keys when it is made, so a new one is made when another key
 * signs or is published; all it knows is in the database, and requests under way end on the one that they began on.
 */
export function currentProvider(
  issuer: string,
  ring: KeyRing,
  settings: CurrentProviderSettings,
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
      if (settings.signOutUpstream) provider.use(settings.signOutUpstream);
      provider.use(withoutScripts(settings.pages));
      provider.use(tellSignOuts(settings));
      watchProvider(provider, log);
      made = { keys, running: { provider, handle: provider.callback() as RunningProvider['handle'] } };
    }
    return made.running;
  };
}

/**
 * Three answers of the provider are pages that send themselves on by a script, which the policy of our pages stops: the
 * response mode `form_post`, which is refused; a sign-out without a session, which is asked about like every other; and
 * the sign-out of one person when another one has signed in in the same browser, which gets a page of its own.
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
    const isSwitch = ctx.path.startsWith(`${providerPaths.authorization}/`);
    if (ctx.status !== 200 || !(isSwitch || ctx.path === providerPaths.end_session)) return;
    const { session } = ctx.oidc;
    if (session === undefined || (session.accountId !== undefined && !isSwitch)) return;
    const secret = String(session.state?.['secret']);
    const action = ctx.oidc.urlFor('end_session_confirm');
    const form = html`<form id="op.logoutForm" method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}"></form>`;
    if (isSwitch) pages.switchPerson(ctx, form.text);
    else pages.logout(ctx, form.text);
  };
}

/** Access tokens are the services' to refuse, so they are told who signed out. */
function tellSignOuts({ signedOut }: CurrentProviderSettings) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    const { session, params } = ctx.oidc ?? {};
    const confirmed = ctx.path === `${providerPaths.end_session}/confirm` && ctx.status === 303 && params?.['logout'];
    if (confirmed && session?.accountId !== undefined) await signedOut(session.accountId);
  };
}
