/** The services of a running platform, as somebody who has an account there reaches them. */
import { addressesOf, type Endpoints, type ServiceName } from './endpoints.ts';
import { acceptedBody, createHttpClient, type HttpAnswer, type HttpClient, type HttpRequest } from './http-client.ts';
import { createTokens, type TokenSource, type Tokens } from './tokens.ts';
import { tokensByName } from './tokens-by-name.ts';

export interface Platform {
  readonly tokens: Tokens;
  client(service: ServiceName): HttpClient;
  /** One request as an account; tried again until the service answers in its own words. */
  ask(service: ServiceName, account: string, request: HttpRequest): Promise<HttpAnswer>;
  /** The same with a header `authorization` that is no account's. */
  askWith(service: ServiceName, authorization: string, request: HttpRequest): Promise<HttpAnswer>;
  /** The body of an answer that must be 2xx. */
  fetch<Body>(service: ServiceName, account: string, request: HttpRequest): Promise<Body>;
  /** The same for a route that is open to everybody. */
  fetchOpen<Body>(service: ServiceName, request: HttpRequest): Promise<Body>;
  close(): Promise<void>;
}

export interface PlatformSettings {
  readonly endpoints: Endpoints;
  /** How long a request is tried again, ms. */
  readonly deadlineMs: number;
  readonly connections?: number;
  readonly onRetry?: (reason: string) => void;
  /** Ends the trying again. */
  readonly signal?: AbortSignal;
  /** Where tokens come from; by default from the issuer for a name, without a sign-in. */
  readonly tokenSource?: TokenSource;
}

export function connectPlatform(settings: PlatformSettings): Platform {
  const { endpoints, deadlineMs, connections = 16, onRetry, signal } = settings;
  const clients = new Map<ServiceName, HttpClient>();
  const client = (service: ServiceName): HttpClient => {
    let known = clients.get(service);
    if (known === undefined) {
      known = createHttpClient({
        service,
        addresses: addressesOf(endpoints, service),
        connections,
        ...(onRetry === undefined ? {} : { onRetry }),
        ...(signal === undefined ? {} : { signal }),
      });
      clients.set(service, known);
    }
    return known;
  };
  let tokens: Tokens | undefined;
  const tokensOnce = (): Tokens => {
    tokens ??= createTokens(settings.tokenSource ?? tokensByName(client('identity')));
    return tokens;
  };
  const askWith: Platform['askWith'] = (service, authorization, request) =>
    client(service).sendUntilAnswered({ ...request, headers: { ...request.headers, authorization } }, deadlineMs);
  const ask: Platform['ask'] = async (service, account, request) => {
    const known = tokensOnce();
    const authorization = await known.authorizationOf(account);
    const answer = await askWith(service, authorization, request);
    if (answer.status !== 401) return answer;
    // Refused before its end: what the account may do has changed, or a key was withdrawn.
    known.forget(account, authorization);
    return askWith(service, await known.authorizationOf(account), request);
  };
  return {
    get tokens() {
      return tokensOnce();
    },
    client,
    ask,
    askWith,
    fetch: async <Body>(service: ServiceName, account: string, request: HttpRequest) =>
      acceptedBody<Body>(await ask(service, account, request)),
    fetchOpen: async <Body>(service: ServiceName, request: HttpRequest) =>
      acceptedBody<Body>(await client(service).sendUntilAnswered(request, deadlineMs)),
    close: async () => {
      await Promise.all([...clients.values()].map((each) => each.close()));
    },
  };
}
