import { noteAccess } from '@vienuviet/http';
import type { Log } from '@vienuviet/telemetry';
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { requestOf } from './request-of.ts';

/**
 * Writes what the provider says to the log: what is refused and why, without what was sent; faults of our own with their
 * cause. What clients are refused, and who signs out, goes on the record of access too.
 */
export function watchProvider(provider: Provider, log: Log): void {
  const refused = (event: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    const { error: code, error_detail: detail } = error;
    log.info({ event, clientId: ctx.oidc.client?.clientId, code, detail }, 'refused by the provider');
  };
  const refusedOnRecord = (event: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    refused(event)(ctx, error);
    const request = requestOf(ctx.req);
    if (request) noteAccess(request, 'refused', error.error, whoAsked(ctx));
  };
  provider.on('authorization.error', refused('authorization_refused'));
  provider.on('grant.error', refusedOnRecord('token_refused'));
  provider.on('revocation.error', refusedOnRecord('revocation_refused'));
  provider.on('end_session.error', refused('logout_refused'));
  provider.on('end_session_confirm.error', refused('logout_refused'));
  provider.on('grant.revoked', (ctx) => {
    log.info({ event: 'grant_revoked', clientId: ctx.oidc.client?.clientId }, 'a grant was revoked');
  });
  provider.on('end_session.success', (ctx) => {
    const actorId = ctx.oidc.session?.accountId;
    // Who answers the question with no stays signed in, but for the application that asked.
    const from = ctx.oidc.params?.['logout'] ? 'everywhere' : ctx.oidc.client && 'application';
    if (actorId === undefined || from === undefined) return;
    log.info({ event: 'signed_out', actorId, from }, 'somebody signed out');
    const request = requestOf(ctx.req);
    if (request) noteAccess(request, 'signed_out', from, actorId);
  });
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the provider failed'));
  // Koa would print to standard error.
  (provider as unknown as NodeJS.EventEmitter).on('error', (error) => log.error({ err: error }, 'the provider failed'));
}

/** The account that a refresh token stands for, or else the client; undefined where neither is known here. */
function whoAsked({ oidc }: KoaContextWithOIDC): string | undefined {
  return oidc.entities.RefreshToken?.accountId ?? oidc.client?.clientId;
}
