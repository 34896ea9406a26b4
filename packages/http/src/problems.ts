import { type ProblemCode, problems } from './errors.ts';

export const problemMediaType = 'application/problem+json';
const typeBase = 'https://vienuviet.lv/problems/';

/** Members of a problem document that an extension may not overwrite (RFC 9457, 3.1, and ours). */
const reserved = new Set(['type', 'title', 'status', 'detail', 'instance', 'code']);

export interface ProblemSettings {
  readonly status: number;
  readonly title: string;
  /** One sentence that tells the caller what to do; never values of the request. */
  readonly detail?: string | undefined;
  /** More members of the document, e.g. `allowed` or `errors`. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly cause?: unknown;
}

/** Thrown by hooks and handlers; the error handler of the app answers it as a problem document. */
export class HttpProblem extends Error {
  readonly code: string;
  readonly statusCode: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, settings: ProblemSettings) {
    super(settings.detail ?? settings.title, settings.cause === undefined ? {} : { cause: settings.cause });
    this.name = 'HttpProblem';
    this.code = code;
    this.statusCode = settings.status;
    this.title = settings.title;
    this.detail = settings.detail;
    this.extensions = settings.extensions ?? {};
    this.headers = settings.headers ?? {};
  }
}

/** A problem of the list in `errors.ts`: `throw problem('invalid_cursor')`. */
export function problem(
  code: ProblemCode,
  detail?: string,
  more: Pick<ProblemSettings, 'extensions' | 'headers' | 'cause'> = {},
): HttpProblem {
  return new HttpProblem(code, { ...problems[code], detail, ...more });
}

/** What a decider refuses with; the same words as in `@vienuviet/event-store`, which this package does not need. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A decider's refusal as a problem: 409 unless told otherwise; its details (e.g. `allowed`) stand beside the code. */
export function refusalProblem(refusal: Refused, status = 409): HttpProblem {
  return new HttpProblem(refusal.code, {
    status,
    title: status === 404 ? problems.not_found.title : 'The command was refused',
    detail: refusal.message,
    extensions: refusal.details,
  });
}

/**
 * The answer for what is not there and for what is there and foreign: the two cannot be told apart.
 * `denyForeign` also logs the second.
 */
export const notFound = (): HttpProblem => problem('not_found');

/** Members of a problem document, in the order in which people read them. */
export function problemDocument(thrown: HttpProblem, requestId?: string): Record<string, unknown> {
  const extensions = Object.entries(thrown.extensions).filter(([name]) => !reserved.has(name));
  return {
    type: `${typeBase}${thrown.code}`,
    title: thrown.title,
    status: thrown.statusCode,
    code: thrown.code,
    ...(thrown.detail === undefined ? {} : { detail: thrown.detail }),
    ...(requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }),
    ...Object.fromEntries(extensions),
  };
}
