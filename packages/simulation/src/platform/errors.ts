/** Closed list of what keeps a command or the simulation from its work. */
export type PlatformErrorCode =
  /** There is no `endpoints.json`: nothing was started on this data. */
  | 'not_started'
  /** An address does not answer, or not in time. */
  | 'unreachable'
  /** The service answered, but refused; `problem` tells why. */
  | 'refused'
  /** What came back is not what the routes promise. */
  | 'unexpected_answer';

/** A problem document (RFC 9457) as far as it is looked at. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly [extension: string]: unknown;
}

export class PlatformError extends Error {
  readonly code: PlatformErrorCode;
  readonly problem: Problem | undefined;

  constructor(code: PlatformErrorCode, message: string, options: ErrorOptions & { problem?: Problem } = {}) {
    super(message, options);
    this.name = 'PlatformError';
    this.code = code;
    this.problem = options.problem;
  }
}
