import { oneFactor, twoFactors } from '@vienuviet/http';
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { rolePrompt } from '../roles/acting-role.ts';

/** Whether an application asks for two factors (`acr_values`, the wanted ones first) and would not take one. */
export function asksTwoFactors({ acr_values: asked }: Readonly<Record<string, unknown>>): boolean {
  const wanted = typeof asked === 'string' ? asked.split(' ') : [];
  return wanted.includes(twoFactors) && !wanted.includes(oneFactor);
}

/**
 * When a person is asked to sign in although the browser has a session: as the provider does it, and where a second
 * factor is missing, or a role is to be chosen. All applications are our own: signing in is consenting.
 */
export function signInPolicy(needsSecondFactor: (accountId: string) => Promise<boolean>) {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy.add(rolePrompt);
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('second_factor', 'a second factor is needed', async ({ oidc }) => {
      const { accountId, acr } = oidc.session ?? {};
      if (accountId === undefined || acr === twoFactors) return false;
      return asksTwoFactors({ ...oidc.params }) || (await needsSecondFactor(accountId));
    }),
  );
  return policy;
}

/** How and when the person behind a token signed in; nothing for machines. */
export function signInClaims({ oidc }: KoaContextWithOIDC): Readonly<Record<string, unknown>> {
  // A renewed token is of the old sign-in.
  const { acr, amr, authTime } = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode ?? {};
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  };
}
