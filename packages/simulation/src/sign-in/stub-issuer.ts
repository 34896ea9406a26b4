/** An issuer for tests: the pages and answers of a sign-in, and what was asked of it; it checks next to nothing. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StubIssuer {
  readonly address: string;
  /** `GET /oidc/auth`, `POST /oidc/token refresh_token`, … in their order. */
  readonly asked: string[];
  /** The role that each authorization request asked for. */
  readonly roles: (string | null)[];
  /** Answers the next requests of a path by its own: one status for each of them, 0 for a connection that breaks. */
  fail(path: string, ...statuses: number[]): void;
  /** Takes no refresh token that was given out so far. */
  revoke(): void;
  close(): void;
}

type Answer = (response: ServerResponse) => void;

const json =
  (body: object, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const page =
  (content: string, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(`<html lang="en"><main>${content}</main></html>`);
  };
const form = (action: string, hidden: string, name: string) =>
  `<form method="post" action="${action}"><input type="hidden" name="${hidden}" value="1"><input name="${name}"></form>`;
const lead =
  (to: string, cookie?: string): Answer =>
  (response) => {
    response.writeHead(303, { location: to, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) }).end();
  };

/** `password` is everybody's. */
export async function stubIssuer(password: string): Promise<StubIssuer> {
  const asked: string[] = [];
  const roles: (string | null)[] = [];
  const failures = new Map<string, number[]>();
  let refreshTokens = new Set<string>();
  let begun = new URLSearchParams();
  let last = 0;

  const idToken = (account: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer.address, sub: account, aud: 'openapi', iat: now, exp: now + 60 };
    const parts = [{ alg: 'ES256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    return [...parts, 'c2lnbmVk'].join('.');
  };
  const tokens = (account: string): Answer => {
    const refreshToken = randomUUID();
    refreshTokens.add(refreshToken);
    const accessToken = `${account} ${++last}`;
    return json({
      ...{ access_token: accessToken, token_type: 'Bearer', expires_in: 3_600 },
      ...{ refresh_token: refreshToken, id_token: idToken(account) },
    });
  };
  const back = (account: string, cookie?: string): Answer => {
    const address = new URL(begun.get('redirect_uri') ?? '');
    address.search = `${new URLSearchParams({ code: account, state: begun.get('state') ?? '', iss: issuer.address })}`;
    return lead(address.href, cookie);
  };

  function tokenRequest(fields: URLSearchParams): Answer {
    const grant = fields.get('grant_type') ?? '';
    asked[asked.length - 1] += ` ${grant}`;
    if (grant === 'authorization_code') return tokens(fields.get('code') ?? '');
    if (grant === 'client_credentials') {
      const [, claims = ''] = (fields.get('client_assertion') ?? '').split('.');
      const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
      return json({ access_token: `${sub} ${++last}`, token_type: 'Bearer', expires_in: 3_600 });
    }
    const known = refreshTokens.delete(fields.get('refresh_token') ?? '');
    return known ? tokens('refreshed') : json({ error: 'invalid_grant' }, 400);
  }

  async function answer(request: IncomingMessage, { pathname, searchParams }: URL): Promise<Answer> {
    const fields = new URLSearchParams(await text(request));
    const session = /session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    switch (`${request.method} ${pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return json({
          issuer: issuer.address,
          authorization_endpoint: `${issuer.address}/oidc/auth`,
          token_endpoint: `${issuer.address}/oidc/token`,
          end_session_endpoint: `${issuer.address}/oidc/logout`,
          id_token_signing_alg_values_supported: ['ES256'],
          authorization_response_iss_parameter_supported: true,
        });
      case 'GET /oidc/auth':
        begun = searchParams;
        roles.push(begun.get('role'));
        return session === undefined ? lead('/sign-in/1', 'sign_in=1; path=/sign-in/1') : back(session);
      case 'GET /sign-in/1':
        return page(form('/sign-in/1', 'lang', 'account'));
      case 'POST /sign-in/1': {
        const account = fields.get('account') ?? '';
        const isRight = fields.get('password') === password && request.headers.cookie?.includes('sign_in=1');
        if (isRight && account === 'asked.for.more') return page('<h1>Add a second factor</h1><form></form>');
        if (isRight && fields.get('lang') === '1') return back(account, `session=${account}; path=/oidc`);
        return page(`<p role="alert">Not right.</p>\n${form('/sign-in/1', 'lang', 'account')}`, 400);
      }
      case 'POST /oidc/token':
        return tokenRequest(fields);
      case 'GET /oidc/logout':
        return page(form('/oidc/logout/confirm', 'xsrf', 'logout'));
      case 'POST /oidc/logout/confirm':
        asked[asked.length - 1] += ` ${session} ${fields.get('xsrf')} ${fields.get('logout')}`;
        return page('gone');
      default:
        return page('nothing', 404);
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://stub');
    asked.push(`${request.method} ${url.pathname}`);
    const status = failures.get(url.pathname)?.shift();
    if (status === 0) request.socket.destroy();
    else if (status !== undefined) json({ error: 'failing' }, status)(response);
    else void answer(request, url).then((write) => write(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: StubIssuer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    roles,
    fail: (path, ...statuses) => void failures.set(path, statuses),
    revoke: () => {
      refreshTokens = new Set();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return issuer;
}
