/** How long to wait after the nth failure in a row (0-based), in milliseconds. */
export type Backoff = (failures: number) => number;

/**
 * Doubling with full jitter between half and the whole: instances that failed together do not return together.
 * `chance` gives numbers in [0, 1).
 */
export const jitteredBackoff =
  (first = 100, most = 10_000, chance: () => number = Math.random): Backoff =>
  (failures) => {
    const whole = Math.min(most, first * 2 ** Math.min(failures, 20));
    return Math.round(whole / 2 + (chance() * whole) / 2);
  };

/** Sleeps; ends early when the signal aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
