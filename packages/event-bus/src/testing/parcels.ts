import { randomUUID } from 'node:crypto';
import type { EventStore } from '@vienuviet/event-store';
import type { ConsumedEvent, Projection, Row } from '../types.ts';

type Posted = { parcelId: string; weight: number; occurredAt: number };
type Moved = { parcelId: string; depot: string; occurredAt: number };

/**
 * A projection with what makes folding hard: a table with a row a parcel, one with a row a move (key of two columns,
 * arrays, JSON), and one that two topics write, whose facts arrive in any order.
 */
export const parcelsProjection = (
  options: Partial<Pick<Projection, 'name' | 'version' | 'from'>> & {
    /** Depots that the code does not understand, until a test takes them out: "a new version was deployed". */
    readonly refused?: ReadonlySet<string>;
  } = {},
): Projection => ({
  name: options.name ?? 'parcels',
  version: options.version ?? 1,
  from: options.from ?? ['parcel', 'depot'],
  sql: `
    create table parcel (
      parcel_id uuid primary key,
      weight integer check (weight < 1000),
      depot text,
      moves integer not null default 0,
      delivered boolean not null default false,
      posted_at timestamptz
    );
    create index parcel_by_depot on parcel (depot);
    create table move (
      parcel_id uuid not null,
      version bigint not null,
      depot text not null,
      words text[] not null,
      facts jsonb not null,
      primary key (parcel_id, version)
    );
    create table depot (depot text primary key, town text, parcels integer not null default 0);
    create view delivered_parcel with (security_invoker = true) as select parcel_id from parcel where delivered;`,
  tables: {
    parcel: {
      key: ['parcel_id'],
      on: {
        'parcels.Posted': {
          key: (event: ConsumedEvent<string, Posted>) => [event.data.parcelId],
          apply: (row: Row | undefined, { data }: ConsumedEvent<string, Posted>) => ({
            ...row,
            weight: data.weight,
            posted_at: new Date(data.occurredAt),
          }),
        },
        'parcels.Moved': {
          key: (event: ConsumedEvent<string, Moved>) => [event.data.parcelId],
          apply: (row: Row | undefined, { data }: ConsumedEvent<string, Moved>) => {
            if (options.refused?.has(data.depot)) throw new Error('there is no such depot');
            return { ...row, depot: data.depot, moves: ((row?.['moves'] as number | undefined) ?? 0) + 1 };
          },
        },
        'parcels.Delivered': {
          key: (event: ConsumedEvent<string, { parcelId: string }>) => [event.data.parcelId],
          apply: (row: Row | undefined) => ({ ...row, delivered: true }),
        },
      },
    },
    move: {
      key: ['parcel_id', 'version'],
      on: {
        'parcels.Moved': {
          key: (event: ConsumedEvent<string, Moved>) => [event.data.parcelId, event.version],
          apply: (_row: Row | undefined, { data }: ConsumedEvent<string, Moved>) => ({
            depot: data.depot,
            words: ['to', data.depot, 'with "quotes", {braces} and \\'],
            facts: { depot: data.depot, at: data.occurredAt },
          }),
        },
      },
    },
    depot: {
      key: ['depot'],
      on: {
        'parcels.DepotOpened': {
          key: (event: ConsumedEvent<string, { depot: string; town: string }>) => [event.data.depot],
          apply: (row: Row | undefined, { data }: ConsumedEvent<string, { depot: string; town: string }>) => ({
            ...row,
            town: data.town,
          }),
        },
        'parcels.Moved': {
          key: (event: ConsumedEvent<string, Moved>) => [event.data.depot],
          apply: (row: Row | undefined) => ({ ...row, parcels: ((row?.['parcels'] as number | undefined) ?? 0) + 1 }),
        },
      },
    },
  },
});

export const newParcel = (): string => randomUUID();

/** Appends a parcel's life: posted, moved to each depot, delivered. Returns its stream. */
export async function appendParcel(
  store: EventStore,
  {
    parcelId = newParcel(),
    depots = ['riga'],
    weight = 5,
    delivered = true,
  }: {
    parcelId?: string;
    depots?: readonly string[];
    weight?: number;
    delivered?: boolean;
  } = {},
): Promise<string> {
  const streamId = `parcel-${parcelId}`;
  const occurredAt = Date.UTC(2024, 0, 1);
  const events = [
    { type: 'parcels.Posted', data: { parcelId, weight, occurredAt } },
    ...depots.map((depot, i) => ({ type: 'parcels.Moved', data: { parcelId, depot, occurredAt: occurredAt + i } })),
    ...(delivered ? [{ type: 'parcels.Delivered', data: { parcelId } }] : []),
  ];
  await store.append({ streams: [{ streamId, streamType: 'parcel', expectedVersion: 'any', events }] });
  return streamId;
}
