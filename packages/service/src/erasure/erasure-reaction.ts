import type { Queryable, Reaction } from '@vienuviet/event-bus';
import type { SubjectKeys } from '@vienuviet/privacy';
import type { EventMap } from '@vienuviet/schemas';
import { v5 } from 'uuid';
import { defineReaction } from '../building-blocks.ts';

/**
 * Erases what a service has of a person, beside what is sealed. Runs in the transaction that says that it was done, and
 * may run again: what is gone already is no fault.
 */
export type Eraser = (tx: Queryable, subjectId: string) => Promise<unknown>;

export interface ErasureSettings {
  readonly service: string;
  readonly erasers: readonly Eraser[];
  /** Of a service that keeps personal data. */
  readonly keys: Pick<SubjectKeys, 'erase'> | undefined;
  readonly clock: () => Date;
}

export const erasureName = 'erasure';

const namespace = '6f4b7f3e-5a1c-5c0e-8a53-0e6f6a4d1b52';

/** Where a service says that it erased a person: a stream for each service, whose readers tell streams apart by their ids. */
export const erasureStream = (service: string, subjectId: string): string =>
  `erasure-${v5(`${service} ${subjectId}`, namespace)}`;

/**
 * Follows the erasures of the topic `privacy.subject`, from the first one: drops the person's key, runs the erasers, and
 * confirms by an event. Whoever was away for a year erases when it is back; while the keys cannot be had it waits.
 */
export function erasureReaction({ service, erasers, keys, clock }: ErasureSettings): Reaction {
  type Memory = { readonly now: number };
  return {
    ...defineReaction({
      name: erasureName,
      from: ['privacy.subject'],
      on: {
        'privacy.ErasureRequested': ({ data: { subjectId, erasureId, services } }, { now }: Memory) => {
          if (!services.includes(service)) return [];
          const data = { subjectId, erasureId, service, occurredAt: now, actorId: `system:${service}` };
          return [
            {
              streamId: erasureStream(service, subjectId),
              streamType: 'erasure',
              events: [{ type: 'privacy.ErasureConfirmed', data }],
            },
          ];
        },
      },
    }),
    memory: {
      async recall(tx, events) {
        for (const { type, data } of events) {
          if (type !== 'privacy.ErasureRequested') continue;
          const { subjectId, services } = data as EventMap['privacy.ErasureRequested'];
          if (!services.includes(service)) continue;
          for (const erase of erasers) await erase(tx, subjectId);
          await keys?.erase(subjectId);
        }
        return { now: clock().getTime() } satisfies Memory;
      },
      keep: async () => undefined,
    },
  };
}
