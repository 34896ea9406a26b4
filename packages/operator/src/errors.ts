import { PlatformError } from '@vienuviet/simulation/platform';
import { exitCodes } from './exit-codes.ts';

/** Closed list of what the command itself complains about. */
export type OperatorErrorCode =
  /** An argument or option that makes no sense. */
  | 'usage'
  /** A file that cannot be read, or not as what it should be. */
  | 'file'
  /** Something asked for is not there, or the answer says that it is not well. */
  | 'failed'
  /** Ended by Ctrl-C or SIGTERM. */
  | 'interrupted';

export class OperatorError extends Error {
  readonly code: OperatorErrorCode;

  constructor(code: OperatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorError';
    this.code = code;
  }
}

const exitOf = {
  usage: exitCodes.usage,
  file: exitCodes.usage,
  failed: exitCodes.failed,
  interrupted: exitCodes.interrupted,
} as const satisfies Record<OperatorErrorCode, number>;

/** The exit code that an error leads to. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof OperatorError) return exitOf[error.code];
  if (error instanceof PlatformError) {
    if (error.code === 'refused') return exitCodes.refused;
    return error.code === 'unexpected_answer' ? exitCodes.failed : exitCodes.unreachable;
  }
  if (isKafkaAway(error)) return exitCodes.unreachable;
  return exitCodes.failed;
}

/** Errors of kafkajs when no broker answers, by name: it wraps them in one another. */
function isKafkaAway(error: unknown): boolean {
  const { name, cause } = (error ?? {}) as { name?: string; cause?: unknown };
  if (name === 'KafkaJSConnectionError' || name === 'KafkaJSRequestTimeoutError') return true;
  return cause !== undefined && isKafkaAway(cause);
}
