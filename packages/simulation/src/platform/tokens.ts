/** Tokens of accounts: one for many requests, and another one before it runs out or after it was refused. */
export interface Tokens {
  /** Header `authorization` of an account. Throws `refused` for one that the issuer does not know. */
  authorizationOf(account: string): Promise<string>;
  /** A service did not take this one: the next is another. */
  forget(account: string, authorization: string): void;
}

export interface Token {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Gets a token of an account from the issuer. */
export type TokenSource = (account: string) => Promise<Token>;

interface KnownToken {
  readonly authorization: Promise<string>;
  header: string | undefined;
  renewAt: number;
}

/** `clock` in ms. */
export function createTokens(source: TokenSource, clock: () => number = Date.now): Tokens {
  const known = new Map<string, KnownToken>();

  const ask = (account: string): KnownToken => {
    const token: KnownToken = { authorization: obtained(), header: undefined, renewAt: Number.POSITIVE_INFINITY };
    async function obtained(): Promise<string> {
      const { accessToken, expiresIn } = await source(account);
      // A tenth before its end: a request that is on its way must still be taken.
      token.renewAt = clock() + expiresIn * 900;
      token.header = `Bearer ${accessToken}`;
      return token.header;
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
    // Of many requests that are refused together, only the first one finds its token here.
    forget: (account, authorization) => {
      if (known.get(account)?.header === authorization) known.delete(account);
    },
  };
}
