import { BusError } from '../errors.ts';
import type { InboundMessage, Queryable } from '../types.ts';

const LOAD = 'select source, epoch from event_bus.consumer_epochs where consumer = $1';

const NOTE = `
  insert into event_bus.consumer_epochs (consumer, source, epoch) values ($1, $2, $3) on conflict do nothing`;

/**
 * Notices that the store of a source was restored to an earlier state: its messages carry a new epoch, and the
 * versions that follow may mean other events than those this consumer has seen. It stands still with a clear message
 * instead of skipping them; `acceptEpoch` lets it go on. Messages of every epoch that was accepted are taken: those
 * from before the restore may still lie in other partitions.
 */
export function epochGuard(consumer: string) {
  let known: Map<string, Set<string>> | undefined;

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
          known.set(source, new Set([epoch]));
        } else if (!before.has(epoch)) {
          throw new BusError(
            'store_epoch_changed',
            `${source} was restored to an earlier state, or a message is not its own (epoch ${epoch}, known ` +
              `${[...before].join(', ')}): ${consumer} may have seen events that no longer exist. Once that is looked ` +
              `into, accept the epoch: vienuviet projection accept-epoch ${consumer} ${source} ${epoch}`,
            { details: { source, epoch, before: [...before] } },
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

async function load(db: Queryable, consumer: string): Promise<Map<string, Set<string>>> {
  const { rows } = await db.query<{ source: string; epoch: string }>(LOAD, [consumer]);
  const known = new Map<string, Set<string>>();
  for (const { source, epoch } of rows) known.set(source, (known.get(source) ?? new Set()).add(epoch));
  return known;
}

/** Lets a consumer take the events of one more epoch of a source. */
export async function acceptEpoch(db: Queryable, consumer: string, source: string, epoch: string): Promise<void> {
  await db.query(NOTE, [consumer, source, epoch]);
}
