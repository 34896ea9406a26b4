/** Trying again what may come twice, as long as the other side is away. */
import { PlatformError } from './errors.ts';

export interface Patience {
  /** How long it is tried again, ms. */
  readonly deadlineMs: number;
  /** Told of each try that has to be repeated. */
  readonly onRetry?: ((reason: string) => void) | undefined;
  /** Ends the trying again. */
  readonly signal?: AbortSignal | undefined;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Does some work until it ends in another way than `unreachable`, with growing pauses. Throws that after the deadline. */
export async function untilReached<Result>(
  work: () => Promise<Result>,
  { deadlineMs, onRetry, signal }: Patience,
): Promise<Result> {
  const deadline = Date.now() + deadlineMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof PlatformError && error.code === 'unreachable';
      if (!isAway || signal?.aborted || Date.now() + pauseMs > deadline) throw error;
      onRetry?.(error.message);
      await pause(pauseMs);
    }
  }
}

/**
 * The answers of a service that is starting, stopping, or overwhelmed: worth another try. 504 is none: it says that
 * what was asked to be waited for did not come.
 */
export const isPassing = (status: number): boolean =>
  status === 429 || (status >= 500 && status !== 501 && status !== 504);
