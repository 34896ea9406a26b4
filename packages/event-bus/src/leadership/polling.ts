/** How long to sleep between two looks at the store, in milliseconds. */
export interface PollingOptions {
  /** After work was found; default 20. */
  readonly busy?: number;
  /** At most, after looking in vain for a while; default 200. */
  readonly idle?: number;
}

/**
 * Sleeps between looks at the store: briefly after work was found, longer after looking in vain, and not at all when
 * somebody nudges. Nudges in between are not lost.
 */
export function poller({ busy = 20, idle = 200 }: PollingOptions = {}) {
  let interval = busy;
  let nudged = false;
  let wake: (() => void) | undefined;

  return {
    nudge(): void {
      nudged = true;
      wake?.();
    },
    /** Something was found: look again soon. */
    found(): void {
      interval = busy;
    },
    async sleep(signal: AbortSignal): Promise<void> {
      if (!nudged && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => wake?.(), interval);
          const stop = () => wake?.();
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', stop);
            wake = undefined;
            resolve();
          };
          signal.addEventListener('abort', stop, { once: true });
        });
        interval = Math.min(idle, Math.ceil(interval * 1.5));
      }
      nudged = false;
    },
  };
}
