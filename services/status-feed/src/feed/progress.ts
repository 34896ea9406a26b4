/**
 * How far the feed can be read, and who waits for it to go on.
 *
 * One per process. A nudge says "look": it comes from this process' own projection, or over Redis from the instance
 * whose projection went on. Nothing is believed but the database: a nudge starts one look at the readable position,
 * and only a position that is really higher wakes anybody. While somebody waits, the process also looks by itself
 * every `pollMs`, so that a lost nudge (Redis gone, message dropped) costs that much and nothing else.
 */
export interface FeedProgress {
  /** Looks at the readable position soon. */
  nudge(): void;
  /** True when the feed can be read beyond a position; false after `timeoutMs`, or when the signal aborts. */
  waitBeyond(position: number, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  /** Readers that wait now. */
  readonly waiting: number;
  /** Wakes everybody; nobody waits any more. */
  close(): void;
}

export interface FeedProgressOptions {
  /** Reads the readable position from the database. */
  readonly look: () => Promise<number>;
  /** Told when a look fails; the next one comes by itself. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks while somebody waits; default 200. */
  readonly pollMs?: number;
}

interface Waiter {
  readonly position: number;
  readonly wake: (reached: boolean) => void;
}

export function createFeedProgress({ look, onError, pollMs = 200 }: FeedProgressOptions): FeedProgress {
  const waiters = new Set<Waiter>();
  let looking = false;
  let lookAgain = false;
  let closed = false;
  let poll: NodeJS.Timeout | undefined;

  const nudge = (): void => {
    if (waiters.size === 0) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    look()
      .then(wakeBelow, onError)
      .finally(() => {
        looking = false;
        if (lookAgain) {
          lookAgain = false;
          nudge();
        }
      });
  };

  const wakeBelow = (position: number): void => {
    for (const waiter of waiters) if (waiter.position < position) waiter.wake(true);
  };

  const startPolling = (): void => {
    poll ??= setInterval(nudge, pollMs);
    // The position may have moved between the caller's read and now.
    nudge();
  };

  const stopPolling = (): void => {
    if (waiters.size > 0) return;
    clearInterval(poll);
    poll = undefined;
  };

  return {
    nudge,
    waitBeyond: (position, timeoutMs, signal) =>
      new Promise((resolve) => {
        if (closed || signal.aborted || timeoutMs <= 0) return resolve(false);
        const wake = (reached: boolean): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          waiters.delete(waiter);
          stopPolling();
          resolve(reached);
        };
        const giveUp = (): void => wake(false);
        const waiter = { position, wake };
        const timer = setTimeout(giveUp, timeoutMs);
        signal.addEventListener('abort', giveUp);
        waiters.add(waiter);
        startPolling();
      }),
    get waiting() {
      return waiters.size;
    },
    close: () => {
      closed = true;
      for (const waiter of waiters) waiter.wake(false);
    },
  };
}
