import type { Grant, Role } from '@vienuviet/http';

/**
 * Whose sign-in takes a second factor: who changes how the platform runs, and who reads everybody's cases. Machines show
 * a key, and residents sign in at the portal.
 */
export const asksForSecondFactor = {
  clerk: false,
  supervisor: false,
  holder_specialist: false,
  holder_system: false,
  auditor: true,
  portal_client: false,
  integration_engineer: true,
  resident: false,
  directory: false,
} as const satisfies Readonly<Record<Role, boolean>>;

/** Whether one of somebody's roles asks for a second factor. */
export const needsSecondFactor = (grants: readonly Pick<Grant, 'role'>[]): boolean =>
  grants.some(({ role }) => asksForSecondFactor[role]);
