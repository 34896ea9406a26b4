/** How often the store is looked at for what other processes append, in milliseconds. */
export interface WatchOptions {
  /** After something was found; default 20. */
  readonly busy: number;
  /** At most, after looking in vain for a while; default 200. */
  readonly idle: number;
}

export const defaultWatch: WatchOptions = { busy: 20, idle: 200 };

/** Everybody is called this often whatever was found: a look that went wrong delays, and loses nothing. */
const CALLED_EVERY = 1_000;

/**
 * Tells listeners that something was appended: by this process at once, by others after a look at the last position,
 * one for all listeners. (Each with a poll of its own, five of them asked PostgreSQL 170 times a second for nothing.)
 * Looks only while somebody listens.
 */
export function appendWatch(lastPosition: () => Promise<number>, options: WatchOptions = defaultWatch) {
  const listeners = new Set<() => void>();
  let interval = options.busy;
  let known = 0;
  let called = 0;
  let timer: NodeJS.Timeout | undefined;

  const call = (): void => {
    called = Date.now();
    for (const listener of listeners) listener();
  };

  async function look(): Promise<void> {
    const position = await lastPosition().catch(() => undefined);
    if (listeners.size === 0) return;
    const found = position !== undefined && position > known;
    interval = found ? options.busy : Math.min(options.idle, Math.ceil(interval * 1.5));
    if (position !== undefined) known = Math.max(known, position);
    // Whoever listens meets the same trouble, and says so.
    if (found || position === undefined || Date.now() - called >= CALLED_EVERY) call();
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), interval).unref();
  }

  return {
    /** After a commit of this process; `position` of its last event, where it is known. */
    appended(position = 0): void {
      known = Math.max(known, position);
      call();
    },
    listen(listener: () => void): () => void {
      listeners.add(listener);
      if (listeners.size === 1) schedule();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
  };
}
