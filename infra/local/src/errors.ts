/** Closed list of what keeps the local platform from running. */
export type LocalErrorCode =
  | 'argument'
  | 'busy'
  | 'missing_packages'
  | 'download_failed'
  | 'port_taken'
  | 'process_exited'
  | 'not_ready'
  | 'topic_mismatch'
  | 'command_failed'
  | 'refused';

/** A fault whose message tells the person at the keyboard what to do. */
export class LocalError extends Error {
  readonly code: LocalErrorCode;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalError';
    this.code = code;
  }
}
