/** Sleeps until somebody nudges, the signal aborts, or `atMostMs` are over. A nudge while awake is not lost. */
export function waker() {
  let nudged = false;
  let wake: (() => void) | undefined;

  return {
    nudge(): void {
      nudged = true;
      wake?.();
    },
    async sleep(signal: AbortSignal, atMostMs?: number): Promise<void> {
      if (!nudged && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const stop = () => wake?.();
          const timer = atMostMs === undefined ? undefined : setTimeout(stop, atMostMs);
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', stop);
            wake = undefined;
            resolve();
          };
          signal.addEventListener('abort', stop, { once: true });
        });
      }
      nudged = false;
    },
  };
}
