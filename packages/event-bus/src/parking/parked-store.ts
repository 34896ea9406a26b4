import type { Fault } from '../consumer/envelope.ts';
import type { InboundMessage, Queryable } from '../types.ts';

/** A message that waits; with a fault when it is the one that parked its key. */
export interface Parked {
  readonly key: string;
  readonly message: InboundMessage;
  readonly fault?: Fault;
}

/** The cluster that a message was read from. */
export type ClusterOf = (message: InboundMessage) => string;

const LOCK_KEYS = `
  select key from event_bus.parked_keys where consumer = $1 and key = any ($2::text[]) order by key for update`;

/** Those of the keys that are parked. They stay locked to the end of the transaction: a redrive waits. */
export async function lockParkedKeys(tx: Queryable, consumer: string, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ key: string }>(LOCK_KEYS, [consumer, keys]);
  return new Set(rows.map(({ key }) => key));
}

const PARK_KEYS = `
  insert into event_bus.parked_keys (consumer, key, code, reason)
  select $1, * from unnest($2::text[], $3::text[], $4::text[])
  on conflict do nothing`;

const PARK_MESSAGES = `
  insert into event_bus.parked_messages
    (consumer, key, cluster_id, topic, partition, message_offset, message_key, value, headers, broker_time)
  select $1, key, cluster_id, topic, partition, message_offset, message_key, decode(value, 'hex'), headers, broker_time
    from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::text[], $8::text[], $9::jsonb[],
                $10::timestamptz[])
      with ordinality
      as parked (cluster_id, key, topic, partition, message_offset, message_key, value, headers, broker_time, place)
   order by place
  on conflict (consumer, cluster_id, topic, partition, message_offset) do nothing`;

/** Lets messages wait, in the order given. */
export async function park(
  tx: Queryable,
  consumer: string,
  clusterOf: ClusterOf,
  parked: readonly Parked[],
): Promise<void> {
  const faulty = parked.filter((item) => item.fault !== undefined);
  if (faulty.length > 0) {
    await tx.query(PARK_KEYS, [
      consumer,
      faulty.map(({ key }) => key),
      faulty.map(({ fault }) => fault!.code),
      faulty.map(({ fault }) => withoutZeros(fault!.reason)),
    ]);
  }
  await tx.query(PARK_MESSAGES, [
    consumer,
    parked.map(({ message }) => clusterOf(message)),
    parked.map(({ key }) => key),
    parked.map(({ message }) => message.topic),
    parked.map(({ message }) => message.partition),
    parked.map(({ message }) => String(message.offset)),
    parked.map(({ message }) => withoutZeros(message.key)),
    parked.map(({ message }) => message.value?.toString('hex') ?? null),
    parked.map(({ message }) => jsonWithoutZeros(message.headers)),
    parked.map(({ message }) => message.timestamp.toISOString()),
  ]);
}

/** PostgreSQL's text holds every character but this one; a foreign message may well have it. */
const withoutZeros = (text: string): string => text.replaceAll('\0', '\uFFFD');

const jsonWithoutZeros = (headers: Readonly<Record<string, string>>): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [withoutZeros(name), withoutZeros(value)])),
  );

const DISCARDED = `
  select topic, partition, message_offset::text as message_offset
    from event_bus.discarded_messages
   where consumer = split_part($1, '#', 1)
     and (cluster_id, topic, partition, message_offset)
         in (select * from unnest($2::text[], $3::text[], $4::int[], $5::bigint[]))`;

/** Those of the messages that somebody discarded. */
export async function discardedAmong(
  tx: Queryable,
  consumer: string,
  clusterOf: ClusterOf,
  messages: readonly InboundMessage[],
): Promise<Set<InboundMessage>> {
  const { rows } = await tx.query<{ topic: string; partition: number; message_offset: string }>(DISCARDED, [
    consumer,
    messages.map(clusterOf),
    messages.map(({ topic }) => topic),
    messages.map(({ partition }) => partition),
    messages.map(({ offset }) => String(offset)),
  ]);
  const places = new Set(rows.map((row) => `${row.topic}/${row.partition}/${row.message_offset}`));
  return new Set(messages.filter(({ topic, partition, offset }) => places.has(`${topic}/${partition}/${offset}`)));
}
