import { PlatformError } from './errors.ts';
import { acceptedBody, type HttpClient, problemOf } from './http-client.ts';
import type { Token, TokenSource } from './tokens.ts';

const deadlineMs = 30_000;

/** What a token for a name may say beside the name. */
export interface AskedToken {
  /** One of the roles of the account; its first when not given. */
  readonly role?: string | undefined;
  /** How the person is to have signed in, as the claim `acr` says it. */
  readonly acr?: string | undefined;
}

/** The shortcut of development: the local issuer gives a token of a sample person to whoever says the name. */
export async function tokenByName(identity: HttpClient, account: string, asked: AskedToken = {}): Promise<Token> {
  const body = { name: account, ...asked };
  const answer = await identity.sendUntilAnswered({ method: 'POST', path: '/v1/tokens', body }, deadlineMs);
  if (answer.status === 404) {
    const role = asked.role === undefined ? 'a role' : `the role ${asked.role}`;
    const words = `no person is called ${account}, or none with ${role} that counts now (vienuviet people --all lists them)`;
    throw new PlatformError('refused', words, { problem: problemOf(answer) });
  }
  return acceptedBody<Token>(answer);
}

export const tokensByName =
  (identity: HttpClient): TokenSource =>
  (account) =>
    tokenByName(identity, account);
