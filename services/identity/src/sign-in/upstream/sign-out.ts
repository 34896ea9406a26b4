import { randomBytes } from 'node:crypto';
import type { App } from '@vienuviet/http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { providerPaths } from '../../provider/configuration.ts';
import { formRoutes, pageOptions, parameter } from '../forms.ts';
import type { Pending } from './pending.ts';
import type { Upstream } from './upstream.ts';

export interface UpstreamSignOutSettings {
  readonly issuer: string;
  readonly upstream: Upstream;
  readonly pending: Pending<{ returnTo: string }>;
}

const returnsTo = '/sign-in/upstream/signed-out';
const confirm = `${providerPaths.end_session}/confirm`;

/**
 * Who signs out here signs out at the upstream provider too, by way of it, when it offers that and answers: else the next
 * one at this browser would be let in without being asked. It is not told who signed out: nothing of its tokens is kept,
 * so it may ask once more itself.
 */
export function signOutUpstream({ issuer, upstream, pending }: UpstreamSignOutSettings) {
  const addressFor = (state: string) => upstream.signOut(`${issuer}${returnsTo}`, state);
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.path === providerPaths.end_session && ctx.status === 200) {
      const address = await addressFor('');
      // Browsers hold `form-action` against redirects too.
      const policy = ctx.response.get('content-security-policy');
      if (address) ctx.set('content-security-policy', policy.replace("'self'", `'self' ${address.origin}`));
    }
    if (ctx.path !== confirm || ctx.status !== 303 || !ctx.oidc.params?.['logout']) return;
    const returnTo = ctx.response.get('location');
    // Somebody else is signing in: the way leads on to the application, and the provider knows the new one already.
    const isSwitch = new URL(returnTo, issuer).pathname.startsWith(`${providerPaths.authorization}/`);
    if (isSwitch || ctx.oidc.session?.accountId === undefined) return;
    const state = randomBytes(32).toString('base64url');
    const address = await addressFor(state);
    if (address === undefined) return;
    await pending.put(state, { returnTo });
    ctx.redirect(address.href);
  };
}

/** The way back from it, to where the application wanted the browser to go. */
export function signedOutUpstreamRoute(app: App, { pending }: Pick<UpstreamSignOutSettings, 'pending'>): void {
  formRoutes(app, (routes) => {
    routes.get(returnsTo, pageOptions, async (request, reply) => {
      const kept = await pending.take(parameter(request, 'state'));
      return reply.redirect(kept?.returnTo ?? `${providerPaths.end_session}/success`, 303);
    });
  });
}
