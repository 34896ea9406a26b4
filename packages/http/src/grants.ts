import type { Grant, GrantsOf, Role } from './policy.ts';
import { placeOfRole } from './policy.ts';

const isRole = (value: unknown): value is Role => typeof value === 'string' && Object.hasOwn(placeOfRole, value);

/**
 * Reads the claim `grants`. What is not a grant is left out: a role that nobody knows, and a role of a place that does
 * not say which, since a clerk of no centre would otherwise be one of all; and one whose time has not come, or is over.
 */
export const grantsOfClaims: GrantsOf = async ({ claims, now }) =>
  Array.isArray(claims['grants'])
    ? claims['grants'].filter((grant) => countsAt(grant, now.getTime() / 1000)).flatMap(readGrant)
    : [];

/** `from` and `until` of a grant, seconds since 1970; a time that is no number never comes. */
function countsAt(value: unknown, now: number): boolean {
  const { from = 0, until = Number.POSITIVE_INFINITY } = (value ?? {}) as Record<string, unknown>;
  return typeof from === 'number' && typeof until === 'number' && from <= now && now < until;
}

/** A grant of one role at its place, or nothing. */
export function readGrant(value: unknown): Grant[] {
  if (typeof value !== 'object' || value === null) return [];
  const { role, centreId, holderId } = value as Record<string, unknown>;
  if (!isRole(role)) return [];
  switch (placeOfRole[role]) {
    case 'centre':
      return isId(centreId) ? [{ role, centreId }] : [];
    case 'holder':
      return isId(holderId) ? [{ role, holderId }] : [];
    default:
      return [{ role }];
  }
}

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 128;
