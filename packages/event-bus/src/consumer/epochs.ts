import { BusError } from '../errors.ts';
import type { InboundMessage, Queryable } from '../types.ts';

const LOAD = 'select source, epoch from event_bus.consumer_epochs where consumer = $1';

const NOTE = `
  insert into event_bus.consumer_epochs (consumer, source, epoch) values ($1, $2, $3)
  on conflict (consumer, source) do update set epoch = excluded.epoch`;

/**
 * Notices that the store of a source was restored to an earlier state: its messages carry a new epoch, and the
 * versions that follow may mean other events than those this consumer has seen. It stands still with a clear message
 * instead of skipping them; `acceptEpoch` lets it go on.
 */
export function epochGuard(consumer: string) {
  let known: Map<string, string> | undefined;

  return {
    async check(tx: Queryable, messages: readonly InboundMessage[]): Promise<void> {
      let last = '';
      for (const { headers, key } of messages) {
        const source = headers['ce_source'];
        const epoch = headers['ce_storeepoch'];
        if (source === undefined || epoch === undefined || last === source + epoch) continue;
        if (headers['ce_subject'] !== key || !FIT.test(source) || !FIT.test(epoch)) continue;
        known ??= await load(tx, consumer);
        const before = known.get(source);
        if (before === undefined) {
          await acceptEpoch(tx, consumer, source, epoch);
          known.set(source, epoch);
        } else if (before !== epoch) {
          throw new BusError(
            'store_epoch_changed',
            `${source} was restored to an earlier state (epoch ${epoch}, known ${before}): ${consumer} may have seen events ` +
              'that no longer exist. Rebuild the projection, or accept the new epoch',
            { details: { source, epoch, before } },
          );
        }
        last = source + epoch;
      }
    },
    /** After a rollback: what was noted in the transaction is gone. */
    forget(): void {
      known = undefined;
    },
  };
}

/** Printable and short: the rest is for the envelope to refuse. */
const FIT = /^[\x21-\x7e]{1,200}$/;

async function load(db: Queryable, consumer: string): Promise<Map<string, string>> {
  const { rows } = await db.query<{ source: string; epoch: string }>(LOAD, [consumer]);
  return new Map(rows.map(({ source, epoch }) => [source, epoch]));
}

/** Lets a consumer go on with the events of a source whose store has a new epoch. */
export async function acceptEpoch(db: Queryable, consumer: string, source: string, epoch: string): Promise<void> {
  await db.query(NOTE, [consumer, source, epoch]);
}
