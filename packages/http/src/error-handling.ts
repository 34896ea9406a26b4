import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '@vienuviet/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { backendTrouble } from './backend-away.ts';
import { type ProblemCode, problems } from './errors.ts';
import { HttpProblem, problem, problemDocument, problemMediaType } from './problems.ts';
import { safeHeaders } from './safe-headers.ts';

/** Answers whatever is thrown, and every route that is not there, as a problem document. */
export function answerWithProblems(app: FastifyInstance): void {
  answerErrorsBy(app, sendProblem);
  answerUnknownBy(app, sendProblem);
}

type Send = (request: FastifyRequest, reply: FastifyReply, answer: HttpProblem) => FastifyReply;

/**
 * Answers the addresses below this scope's prefix that are no routes, and the methods that a route does not take, in a
 * form of their own, e.g. that of SCIM.
 */
export function answerUnknownBy(app: Pick<FastifyInstance, 'setNotFoundHandler' | 'vienuviet'>, send: Send): void {
  app.setNotFoundHandler((request, reply) => {
    const allowed = app.vienuviet.methodsOf(request.url.split('?', 1)[0] ?? '');
    // A route of many addresses, e.g. files, may take the method and have nothing there.
    const answer =
      allowed.length === 0 || allowed.includes(request.method)
        ? problem('route_not_found')
        : problem('method_not_allowed', `Allowed here: ${allowed.join(', ')}.`, {
            headers: { allow: allowed.join(', ') },
          });
    return send(request, reply, answer);
  });
}

/** Answers whatever the routes of this scope throw in a form of their own, e.g. that of SCIM. */
export function answerErrorsBy(app: Pick<FastifyInstance, 'setErrorHandler'>, send: Send): void {
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof HttpProblem ? error : asProblem(error, request);
    if (known.statusCode >= 500) logServerError(known, error, request);
    return send(request, reply, known);
  });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, answer: HttpProblem): FastifyReply {
  return reply
    .code(answer.statusCode)
    .headers(answer.headers)
    .type(problemMediaType)
    .serializer(JSON.stringify)
    .send(problemDocument(answer, request.id));
}

/** Errors of the framework that are the caller's, by its codes; everything else is ours. */
const ofFramework: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_VALIDATION: 'invalid_request',
  FST_ERR_BAD_URL: 'malformed_url',
  FST_ERR_MAX_PARAM_LENGTH: 'url_too_long',
  FST_ERR_HANDLER_TIMEOUT: 'timed_out',
};

function asProblem(error: unknown, request: FastifyRequest): HttpProblem {
  const { code } = (error ?? {}) as { code?: unknown };
  // The client is gone in the middle of its body; nobody reads the answer, but it is not our fault either. The same
  // code after the whole body is that of a server behind this one.
  if (!request.raw.complete && code === 'ECONNRESET') return problem('malformed_request', undefined, { cause: error });
  const known = typeof code === 'string' && Object.hasOwn(ofFramework, code) ? ofFramework[code] : undefined;
  if (known !== undefined) return problem(known, undefined, { cause: error });
  const trouble = backendTrouble(error);
  if (trouble === undefined) return problem('unexpected', undefined, { cause: error });
  return problem(trouble === 'away' ? 'store_unavailable' : 'timed_out', 'Try again in a moment.', {
    cause: error,
    headers: { 'retry-after': '1' },
  });
}

function logServerError(answer: HttpProblem, thrown: unknown, request: FastifyRequest): void {
  const fields = {
    err: answer.code === 'unexpected' ? thrown : answer,
    code: answer.code,
    method: request.method,
    route: request.routeOptions.url,
  };
  if (answer.code === 'unexpected') request.log.error(fields, 'unexpected error');
  else request.log.warn(fields, 'request could not be served');
}

/** Requests that never become one: answered on the bare socket, as problem documents too. */
export function createClientErrorHandler(log: Log) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const code = codeOfClientError(error.code);
    log.debug({ err: error, code }, 'request that cannot be read');
    const body = JSON.stringify(problemDocument(problem(code, detailsOfClientErrors[code])));
    const { status } = problems[code];
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        `content-type: ${problemMediaType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        ...Object.entries(safeHeaders).map(([name, value]) => `${name}: ${value}`),
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
}

const detailsOfClientErrors: Partial<Record<ProblemCode, string>> = {
  headers_too_large: 'A token that names very many grants does not fit: ask for fewer.',
};

function codeOfClientError(code: string | undefined): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'malformed_request';
}
