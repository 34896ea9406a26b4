/** Long work on the event loop, done in slices: others are served between them. */
import { setImmediate } from 'node:timers/promises';

export interface Pacing {
  /** The slice is over: `await` a `rest`. Asked for each piece of work, it costs a look at the clock. */
  isDue(): boolean;
  /** Lets all that waits have its turn, and begins the next slice. */
  rest(): Promise<void>;
}

/** Slices of so many ms; a request that arrives meanwhile waits about that long. */
export function pacing(sliceMs = 15): Pacing {
  let since = performance.now();
  return {
    isDue: () => performance.now() - since >= sliceMs,
    async rest() {
      await setImmediate();
      since = performance.now();
    },
  };
}
