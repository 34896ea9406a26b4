import { auditKeptUntil } from '@vienuviet/audit';
import type { Queryable } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';
import { defineReaction } from '@vienuviet/service';
import { erasingServices } from './subject.ts';

const day = 86_400_000;
/** Wrapping keys are changed once a month: what backups hold of an erased key is worth nothing after that. */
const wrappingKeyDays = 31;

interface UnderWay {
  readonly services: readonly string[];
  readonly confirmed: Set<string>;
}

interface Memory {
  readonly erasures: ReadonlyMap<string, UnderWay>;
}

const keyOf = ({ erasureId, subjectId }: { erasureId: string; subjectId: string }): string =>
  `${erasureId} ${subjectId}`;

const recallSql = `
  select erasure_id as "erasureId", subject_id as "subjectId", services, confirmed from intake.erasure
   where (erasure_id, subject_id) in (select * from unnest($1::uuid[], $2::uuid[]))`;
const keepSql = `
  update intake.erasure e set confirmed = k.confirmed::text[],
         proven_at = case when e.services <@ k.confirmed::text[] then coalesce(e.proven_at, clock_timestamp()) end
    from unnest($1::uuid[], $2::uuid[], $3::text[]) as k(erasure_id, subject_id, confirmed)
   where e.erasure_id = k.erasure_id and e.subject_id = k.subject_id`;

type Confirmed = EventMap['privacy.ErasureConfirmed'];

async function recall(tx: Queryable, events: readonly { readonly data: unknown }[]): Promise<Memory> {
  const confirmed = events.map(({ data }) => data as Confirmed);
  const { rows } = await tx.query<Confirmed & { services: string[]; confirmed: string[] }>(recallSql, [
    confirmed.map(({ erasureId }) => erasureId),
    confirmed.map(({ subjectId }) => subjectId),
  ]);
  return {
    erasures: new Map(rows.map((row) => [keyOf(row), { services: row.services, confirmed: new Set(row.confirmed) }])),
  };
}

async function keep(tx: Queryable, { erasures }: Memory): Promise<void> {
  const keys = [...erasures.keys()].map((key) => key.split(' '));
  await tx.query(keepSql, [
    keys.map(([erasureId]) => erasureId),
    keys.map(([, subjectId]) => subjectId),
    [...erasures.values()].map(({ confirmed }) => `{${[...confirmed].map((name) => `"${name}"`).join(',')}}`),
  ]);
}

/** Gathers what services confirm, and proves an erasure once all have. */
export const confirmations = {
  ...defineReaction({
    name: 'erasure_proofs',
    from: erasingServices.map((service) => `${service.replaceAll('-', '')}.privacy`),
    on: {
      'privacy.ErasureConfirmed': ({ data }, { erasures }: Memory) => {
        const { subjectId, erasureId, service, occurredAt } = data;
        const underWay = erasures.get(keyOf(data));
        if (underWay === undefined || underWay.confirmed.has(service)) return [];
        underWay.confirmed.add(service);
        if (!underWay.services.every((name) => underWay.confirmed.has(name))) return [];
        const proof: EventMap['privacy.ErasureProven'] = {
          ...{ subjectId, erasureId, services: [...underWay.services] },
          backupsGoneBy: occurredAt + wrappingKeyDays * day,
          // It answers for look-ups above the erasure.
          auditKeptUntil: auditKeptUntil(new Date(occurredAt)).getTime(),
          ...{ occurredAt, actorId: 'system:intake' },
        };
        return [
          {
            ...{ streamId: `subject-${subjectId}`, streamType: 'subject' },
            events: [{ type: 'privacy.ErasureProven', data: proof }],
          },
        ];
      },
    },
  }),
  memory: { recall, keep },
};
