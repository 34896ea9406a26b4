import type { Redis } from 'ioredis';
import type { FeedProgress } from './progress.ts';

export interface NudgeParts {
  readonly redis: Redis;
  /** Channel of this platform's status feed. */
  readonly channel: string;
  readonly progress: FeedProgress;
  /** Calls the listener after each batch that the items projection of this process has committed. */
  readonly onItemsProjected: (listener: () => void) => () => void;
}

/**
 * Tells the readers of all instances that the feed went on, by publishing on Redis. Only a nudge: without Redis, and
 * after a lost message, readers find out by their own looks at the database. Returns a function that ends it.
 */
export function startNudges({ redis, channel, progress, onItemsProjected }: NudgeParts): () => void {
  let publishing = false;
  let publishAgain = false;
  const publish = (): void => {
    // While Redis is away nothing is queued for it: old nudges are worth nothing.
    if (redis.status !== 'ready') return;
    if (publishing) {
      publishAgain = true;
      return;
    }
    publishing = true;
    redis
      .publish(channel, '')
      .catch(() => undefined)
      .finally(() => {
        publishing = false;
        if (!publishAgain) return;
        publishAgain = false;
        publish();
      });
  };
  const stopListening = onItemsProjected(() => {
    progress.nudge();
    publish();
  });
  // The connection comes back by itself; each time it does, it subscribes.
  const subscriber = redis.duplicate({ autoResubscribe: false });
  subscriber.on('error', () => undefined);
  subscriber.on('ready', () => subscriber.subscribe(channel).catch(() => undefined));
  subscriber.on('message', () => progress.nudge());
  return () => {
    stopListening();
    subscriber.disconnect();
  };
}
