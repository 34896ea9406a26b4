/** Tokens of sample people, from the local issuer; each is asked for once and renewed before it runs out. */
import { PlatformError } from './errors.ts';
import { acceptedBody, type HttpClient, problemOf } from './http-client.ts';

export interface Tokens {
  /** Header `authorization` of an account. Throws `refused` for one that the issuer does not know. */
  authorizationOf(account: string): Promise<string>;
}

interface KnownToken {
  readonly authorization: Promise<string>;
  renewAt: number;
}

interface TokenAnswer {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

const deadlineMs = 30_000;

/** `clock` in ms. */
export function createTokens(identity: HttpClient, clock: () => number = Date.now): Tokens {
  const known = new Map<string, KnownToken>();

  const ask = (account: string): KnownToken => {
    const token: KnownToken = { authorization: issued(), renewAt: Number.POSITIVE_INFINITY };
    async function issued(): Promise<string> {
      const answer = await identity.sendUntilAnswered(
        { method: 'POST', path: '/v1/tokens', body: { name: account } },
        deadlineMs,
      );
      if (answer.status === 404) {
        const words = `no person is called ${account} (vienuviet people --all lists them)`;
        throw new PlatformError('refused', words, { problem: problemOf(answer) });
      }
      const { accessToken, expiresIn } = acceptedBody<TokenAnswer>(answer);
      // A tenth before its end: a request that is on its way must still be taken.
      token.renewAt = clock() + expiresIn * 900;
      return `Bearer ${accessToken}`;
    }
    token.authorization.catch(() => known.delete(account));
    return token;
  };

  return {
    authorizationOf: (account) => {
      let token = known.get(account);
      if (token === undefined || token.renewAt <= clock()) {
        token = ask(account);
        known.set(account, token);
      }
      return token.authorization;
    },
  };
}
