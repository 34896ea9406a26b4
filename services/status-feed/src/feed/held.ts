import type { Log, Metrics } from '@vienuviet/telemetry';
import { Gauge } from 'prom-client';
import type { FeedPage } from './read-feed.ts';

/** Told of every page that was read, so that nobody has to guess why the feed stands still for everybody. */
export type HeldWatch = (page: Pick<FeedPage, 'heldBy' | 'position'>) => void;

/**
 * A feed that stops before a parked item is said once, as an error with the key to redrive or discard, and shows in
 * the metric `vienuviet_feed_held_position` (0: it flows) until a page comes past it.
 */
export function watchHeld(log: Log, metrics: Metrics): HeldWatch {
  const gauge = new Gauge({
    name: 'vienuviet_feed_held_position',
    help: 'Position before which the feed stops because its item is parked; 0 when it flows',
    registers: [metrics.registry],
  });
  gauge.set(0);
  let held = 0;
  return ({ heldBy, position }) => {
    if (heldBy === undefined) {
      if (held === 0 || position < held) return;
      held = 0;
      gauge.set(0);
      log.info('the feed flows again');
      return;
    }
    if (heldBy.position === held) return;
    held = heldBy.position;
    gauge.set(held);
    log.error(
      { key: heldBy.streamId, position: held },
      'the feed is held for all readers: the item is parked; redrive or discard it',
    );
  };
}
