import { PlatformError } from './errors.ts';
import { acceptedBody, type HttpClient, problemOf } from './http-client.ts';
import type { Token, TokenSource } from './tokens.ts';

const deadlineMs = 30_000;

/** The shortcut of development: the local issuer gives a token of a sample person to whoever says the name. */
export const tokensByName =
  (identity: HttpClient): TokenSource =>
  async (account) => {
    const answer = await identity.sendUntilAnswered(
      { method: 'POST', path: '/v1/tokens', body: { name: account } },
      deadlineMs,
    );
    if (answer.status === 404) {
      const words = `no person is called ${account}, or none with a role that counts now (vienuviet people --all lists them)`;
      throw new PlatformError('refused', words, { problem: problemOf(answer) });
    }
    return acceptedBody<Token>(answer);
  };
