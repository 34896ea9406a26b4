/**
 * A person may hold several roles and acts in one at a time. Which one stands in the provider's grant, as the scope
 * `role:<role>` of the interface, from the sign-in until the person switches; the parameter `role` of an authorization
 * request asks for one.
 */
import { placeOfRole, type Role } from '@vienuviet/http';
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { resource } from '../provider/resource.ts';

/** As much of the provider's grant as is needed here. */
interface GrantWithScopes {
  getResourceScope(resource: string): string;
}

const prefix = 'role:';

export const scopeOfRole = (role: Role): string => `${prefix}${role}`;

/** The role in which the bearer of a grant acts; undefined where none was chosen yet. */
export function roleOf(grant: GrantWithScopes | undefined): Role | undefined {
  const scope = grant?.getResourceScope(resource) ?? '';
  const role = scope.startsWith(prefix) ? scope.slice(prefix.length) : undefined;
  return role !== undefined && Object.hasOwn(placeOfRole, role) ? (role as Role) : undefined;
}

/**
 * The role that somebody acts in who has these: the one chosen on the page or asked for, else the one of before, else
 * the only one; undefined where the person is to be asked. Refuses a role that the person does not have.
 */
export function chosenRole(
  roles: readonly Role[],
  { oidc }: KoaContextWithOIDC,
  before: GrantWithScopes | undefined,
): Role | undefined {
  const asked = (oidc.result as { role?: string } | undefined)?.role ?? (oidc.params?.['role'] as string | undefined);
  if (asked !== undefined) {
    const held = roles.find((role) => role === asked);
    if (held === undefined) throw new errors.AccessDenied('the role is not one of this person');
    return held;
  }
  const last = roleOf(before);
  if (last !== undefined && roles.includes(last)) return last;
  return roles.length === 1 ? roles[0] : undefined;
}

const { Check, Prompt } = interactionPolicy;

/** Asks in which role somebody acts; also where the account has none (any more), which the page then says. */
export const rolePrompt = new Prompt(
  { name: 'role', requestable: true },
  new Check('role_missing', 'a role is to be chosen', 'interaction_required', ({ oidc }) =>
    oidc.session?.accountId !== undefined && roleOf(oidc.entities.Grant) === undefined
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT,
  ),
);
