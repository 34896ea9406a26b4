import type { FastifyRequest } from 'fastify';
import { noteRefusal } from './access-recorder.ts';
import { AppError } from './errors.ts';
import { type Caller, type Grant, type Policy, placeOfRole } from './policy.ts';
import { notFound, problem } from './problems.ts';

/**
 * What a caller may see on a route; the same form as `CallerScope` of `@vienuviet/database`, for `asCaller`.
 * Neither centres nor holders: not limited. Otherwise a thing is within when its centre or its holder is named.
 */
export interface ScopeOfCaller {
  readonly actorId: string;
  readonly roles: readonly string[];
  readonly centreIds?: readonly string[];
  readonly holderIds?: readonly string[];
  readonly subjectId?: string;
}

/** Where a thing belongs. */
export interface Place {
  readonly centreId?: string | null | undefined;
  readonly holderId?: string | null | undefined;
  readonly subjectId?: string | null | undefined;
}

/** The caller of a route whose policy names roles; the app has checked the token and the roles before. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw problem('token_missing');
  return request.caller;
}

/** What the caller of this request may see, by the policy of its route. */
export function scopeOf(request: FastifyRequest): ScopeOfCaller {
  const { policy } = request.routeOptions.config;
  if (policy === undefined) throw new AppError('policy_missing', `${request.routeOptions.url} declares no policy`);
  return scopeUnder(callerOf(request), policy);
}

/**
 * Narrows a caller to the grants that the policy names. A role that holds everywhere lifts the limit; a clerk of two
 * centres has both; a grant of a role that the policy does not name adds nothing.
 */
export function scopeUnder(caller: Caller, policy: Policy): ScopeOfCaller {
  if ('public' in policy) return { actorId: caller.id, roles: [] };
  const grants = caller.grants.filter((grant) => policy.roles.includes(grant.role));
  const base = { actorId: caller.id, roles: [...new Set(grants.map((grant) => grant.role))] };
  if (policy.scope === 'all' || grants.some((grant) => placeOfRole[grant.role] === 'everywhere')) return base;
  if (policy.scope === 'own_subject') {
    // Without a subject nothing is within: centres and holders are given as none, not left open.
    return caller.subjectId === undefined
      ? { ...base, centreIds: [], holderIds: [] }
      : { ...base, centreIds: [], holderIds: [], subjectId: caller.subjectId };
  }
  const centreIds = placesOf(grants, 'centreId');
  const holderIds = placesOf(grants, 'holderId');
  if (policy.scope === 'own_centre') return { ...base, centreIds };
  if (policy.scope === 'own_holder') return { ...base, holderIds };
  return { ...base, centreIds, holderIds };
}

const placesOf = (grants: readonly Grant[], place: 'centreId' | 'holderId'): string[] => [
  ...new Set(grants.map((grant) => grant[place]).filter((id) => id !== undefined)),
];

/** Whether a thing of this place is within the scope. */
export function isWithin(scope: ScopeOfCaller, place: Place): boolean {
  const { centreIds, holderIds, subjectId } = scope;
  if (centreIds === undefined && holderIds === undefined && subjectId === undefined) return true;
  const names = (ids: readonly string[] = [], id?: string | null): boolean => id != null && ids.includes(id);
  return (
    names(centreIds, place.centreId) ||
    names(holderIds, place.holderId) ||
    (subjectId !== undefined && subjectId === place.subjectId)
  );
}

/** Throws the same 404 as for a thing that does not exist, when the place is foreign, and logs who tried. */
export function requireWithin(request: FastifyRequest, place: Place): void {
  if (!isWithin(scopeOf(request), place)) throw denyForeign(request);
}

/** Logs that the caller reached for something foreign, and gives the 404 to throw. No id of what it was is logged. */
export function denyForeign(request: FastifyRequest): Error {
  request.log.warn(
    { event: 'foreign_access', actorId: request.caller?.id, method: request.method, route: request.routeOptions.url },
    'a caller reached for something foreign',
  );
  noteRefusal(request, 'foreign_access');
  return notFound();
}
