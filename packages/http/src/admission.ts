import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noteRefusal } from './access-recorder.ts';
import type { Authenticator } from './authentication.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { networkOf } from './network-of.ts';
import { type Policy, purposes } from './policy.ts';
import { type HttpProblem, problem } from './problems.ts';
import type { RateLimit, RateLimiter } from './rate-limit.ts';
import { requireStepUp } from './step-up.ts';

export interface AdmissionSettings {
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly defaultRate: RateLimit | false;
  readonly clock: () => Date;
}

type RoledPolicy = Extract<Policy, { roles: unknown }>;

/**
 * Lets a request in, before its body is read: who calls (401), may the caller do this at all (403), signed in surely
 * and lately enough (401), not too often (429), and for what purpose (422). What belongs to whom is the handler's, by `scopeOf` and `requireWithin`.
 */
export function admitRequests(app: FastifyInstance, settings: AdmissionSettings): void {
  const { authenticator, limiter, defaultRate, clock } = settings;
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return;
    const { policy, rate = defaultRate } = request.routeOptions.config;
    if (policy === undefined || 'public' in policy) {
      await limit(request, reply, `address:${networkOf(request.ip)}`, rate);
      return;
    }
    request.caller = await authenticator
      .authenticate(request.headers.authorization, request.server.vienuviet.opaqueTokens)
      .catch(async (refused: unknown) => {
        // Guessing at tokens is counted by address, and ends in 429 like everything else.
        await limit(request, reply, `address:${networkOf(request.ip)}`, rate);
        const { code, statusCode } = refused as Partial<HttpProblem>;
        // Who sends no token has tried nothing yet.
        if (statusCode === 401 && code !== undefined && code !== 'token_missing') noteRefusal(request, code);
        throw refused;
      });
    await limit(request, reply, `caller:${request.caller.id}`, rate);
    requireRole(request, policy);
    if (policy.stepUp) requireStepUp(request, policy.stepUp, clock());
    if (policy.purpose) request.purpose = readPurpose(request);
    if (request.routeOptions.config.command) readIdempotencyKey(request);
  });

  async function limit(request: FastifyRequest, reply: FastifyReply, who: string, rate: RateLimit | false) {
    if (rate === false) return;
    const own = request.routeOptions.config.rate === undefined ? '' : `:${request.method} ${request.routeOptions.url}`;
    const { allowed, remaining, retryAfter } = await limiter.take(`${who}${own}`, rate);
    if (allowed) {
      reply.header('ratelimit-remaining', remaining);
      return;
    }
    request.log.warn({ event: 'rate_limited', actorId: request.caller?.id }, 'too many requests');
    throw problem('too_many_requests', `At most ${rate.requests} requests in ${rate.windowSeconds} s.`, {
      headers: { 'retry-after': String(retryAfter) },
    });
  }
}

/**
 * Whether a request that was let in would be let in now: its token counts, and one of its roles. An issuer that is away
 * ends nothing.
 */
export const stillAdmits =
  (authenticator: Authenticator) =>
  async ({ routeOptions, headers, server }: FastifyRequest): Promise<boolean> => {
    const { policy } = routeOptions.config;
    if (policy === undefined || 'public' in policy) return true;
    try {
      const { grants } = await authenticator.authenticate(headers.authorization, server.vienuviet.opaqueTokens);
      return grants.some(({ role }) => policy.roles.includes(role));
    } catch (refused) {
      return (refused as Partial<HttpProblem>).statusCode !== 401;
    }
  };

function requireRole(request: FastifyRequest, policy: RoledPolicy): void {
  const { caller } = request;
  if (caller?.grants.some(({ role }) => policy.roles.includes(role))) return;
  request.log.warn(
    { event: 'role_missing', actorId: caller?.id, method: request.method, route: request.routeOptions.url },
    'a caller has none of the roles of a route',
  );
  noteRefusal(request, 'role_missing');
  throw problem('role_missing', `This takes one of the roles ${policy.roles.join(', ')}.`);
}

function readPurpose(request: FastifyRequest) {
  const stated = request.headers['purpose'];
  const known = `Known codes: ${purposes.join(', ')}.`;
  if (stated === undefined || stated === '') throw problem('purpose_missing', known);
  const purpose = purposes.find((code) => code === stated);
  if (purpose === undefined) throw problem('purpose_unknown', known);
  return purpose;
}
