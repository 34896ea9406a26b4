/** Requests to the platform's services, over kept connections, spread over the instances of a service. */
import { createInterface } from 'node:readline';
import { Agent, type Dispatcher, request } from 'undici';
import { PlatformError, type Problem } from './errors.ts';
import { isPassing, untilReached } from './patience.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a Buffer as it is. */
  readonly body?: object;
  /** Milliseconds until the answer must be there; default 30 s. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Decoded when it is JSON, else text; undefined for an empty body. */
  readonly body: unknown;
}

export interface HttpClient {
  /** One try. Throws `unreachable` when no answer came; every status is an answer. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Tries until the service gives an answer that is its own word: no broken connection, no 5xx, no 429. For requests
   * that may come twice: queries, and commands with an idempotency key. Throws `unreachable` after `deadlineMs`.
   */
  sendUntilAnswered(request: HttpRequest, deadlineMs: number): Promise<HttpAnswer>;
  /**
   * One try of a request that is answered in lines of JSON (`application/x-ndjson`), each told as it arrives; an
   * answer of another kind is told as one line. The answer's body is the last line.
   */
  sendForLines(request: HttpRequest, onLine: (line: unknown) => void): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientSettings {
  /** Name of the service, for messages. */
  readonly service: string;
  /** One address an instance. */
  readonly addresses: readonly string[];
  /** Connections to each instance. */
  readonly connections?: number;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: (reason: string) => void;
  /** Ends the trying again. */
  readonly signal?: AbortSignal;
}

type Raw = Dispatcher.ResponseData;

export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const { service, addresses, onRetry, signal } = settings;
  if (addresses.length === 0) {
    throw new PlatformError('not_started', `${service} has no address in endpoints.json: does it run?`);
  }
  const agent = new Agent({ connections: settings.connections ?? 16, keepAliveTimeout: 4_000 });
  let turn = 0;

  const tryOnce = async (wanted: HttpRequest, read: (answer: Raw) => Promise<unknown>): Promise<HttpAnswer> => {
    const address = addresses[turn++ % addresses.length] as string;
    try {
      const answer = await request(`${address}${wanted.path}`, {
        dispatcher: agent,
        method: wanted.method,
        headers: headersOf(wanted),
        body: bodyOf(wanted),
        signal: AbortSignal.timeout(wanted.timeoutMs ?? 30_000),
      });
      return { status: answer.statusCode, headers: answer.headers, body: await read(answer) };
    } catch (cause) {
      const { code, message } = cause as { code?: string; message?: string };
      throw new PlatformError('unreachable', `${service} at ${address} does not answer: ${code ?? message}`, { cause });
    }
  };

  const send = (wanted: HttpRequest): Promise<HttpAnswer> =>
    tryOnce(wanted, async ({ body, headers }) => decoded(await body.text(), headers['content-type']));

  const sendForLines: HttpClient['sendForLines'] = (wanted, onLine) =>
    tryOnce(wanted, async ({ body, headers }) => {
      if (!String(headers['content-type']).includes('ndjson')) {
        return decoded(await body.text(), headers['content-type']);
      }
      let last: unknown;
      for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line === '') continue;
        last = JSON.parse(line);
        onLine(last);
      }
      return last;
    });

  const sendUntilAnswered: HttpClient['sendUntilAnswered'] = (wanted, deadlineMs) =>
    untilReached(
      async () => {
        const answer = await send(wanted);
        if (!isPassing(answer.status)) return answer;
        throw new PlatformError('unreachable', `${service} answers ${answer.status}: ${wordsOf(answer)}`);
      },
      { deadlineMs, onRetry, signal },
    );

  return { send, sendUntilAnswered, sendForLines, close: () => agent.close() };
}

const headersOf = ({ headers, body }: HttpRequest): Record<string, string> => ({
  accept: 'application/json, application/problem+json',
  ...(body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json' }),
  ...headers,
});

const bodyOf = ({ body }: HttpRequest): Buffer | string | null => {
  if (body === undefined) return null;
  return Buffer.isBuffer(body) ? body : JSON.stringify(body);
};

function decoded(text: string, contentType: string | string[] | undefined): unknown {
  if (text === '') return undefined;
  if (!/\bjson\b/.test(String(contentType))) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The problem document of an answer that is none of 2xx; a made-up one where the body is something else. */
export function problemOf(answer: HttpAnswer): Problem {
  const { body, status } = answer;
  if (typeof body === 'object' && body !== null && 'code' in body) return { ...(body as Problem), status };
  return { status, code: `status_${status}`, detail: typeof body === 'string' ? body.slice(0, 200) : '' };
}

/** What went wrong in an answer, in one line: code, what to do, and what the service says beside it. */
export function wordsOf(answer: HttpAnswer): string {
  const { code, title, detail } = problemOf(answer);
  return [code, detail ?? title].filter(Boolean).join(': ');
}

/** The body of a 2xx answer. Throws `refused` with the problem otherwise. */
export function acceptedBody<Body>(answer: HttpAnswer): Body {
  if (answer.status >= 200 && answer.status < 300) return answer.body as Body;
  throw new PlatformError('refused', wordsOf(answer), { problem: problemOf(answer) });
}
