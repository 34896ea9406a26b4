import { randomUUID } from 'node:crypto';
import { type HistoryEvent, type StreamHistory, uuidOf } from './world.ts';

/** A message as a relay makes it; the shape of the bus' `OutboundMessage`. */
export interface WrittenMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the writer needs of the platform; given by the test, since this package knows none of it. */
export interface BusWriterParts {
  readonly encode: (type: string, data: object) => { readonly payload: Buffer };
  readonly topicOf: (type: string) => string | undefined;
  readonly partitionOf: (key: string, partitions: number) => number;
  readonly publisher: {
    publish(messages: readonly WrittenMessage[]): Promise<void>;
    partitions(topic: string): Promise<number>;
  };
}

/** Another service as far as the bus is concerned: its streams' versions, and messages as its relay would send them. */
export interface BusWriter {
  /** Publishes events of a stream behind those that it has. Answers the version of the last. */
  append(streamId: string, ...events: readonly HistoryEvent[]): Promise<number>;
  /** Publishes whole histories. */
  play(histories: readonly StreamHistory[]): Promise<void>;
}

const mostAtOnce = 500;

/** Writes as the service of that name, with a store epoch of its own. */
export function createBusWriter(service: string, parts: BusWriterParts): BusWriter {
  const { encode, topicOf, partitionOf, publisher } = parts;
  const epoch = randomUUID();
  const versions = new Map<string, number>();
  let position = 0;
  // A publisher sends one batch at a time.
  let last: Promise<void> = Promise.resolve();

  const message = async (streamId: string, { type, data }: HistoryEvent): Promise<WrittenMessage> => {
    const version = (versions.get(streamId) ?? 0) + 1;
    versions.set(streamId, version);
    position += 1;
    const topic = topicOf(type);
    if (topic === undefined) throw new Error(`${type} has no topic`);
    const headers = {
      ce_specversion: '1.0',
      ce_id: uuidOf(`${epoch}/${streamId}/${version}`),
      ce_source: `/services/${service}`,
      ce_type: `lv.vienuviet.${type}.v1`,
      ce_time: new Date().toISOString(),
      ce_subject: streamId,
      ce_sequence: String(version),
      ce_storeepoch: epoch,
      ce_storeposition: String(position),
    };
    const value = encode(type, data).payload;
    return {
      topic,
      partition: partitionOf(streamId, await publisher.partitions(topic)),
      key: streamId,
      value,
      headers,
    };
  };

  const publish = (work: () => Promise<void>): Promise<void> => {
    last = last.catch(() => undefined).then(work);
    return last;
  };

  const write = (events: readonly (readonly [string, HistoryEvent])[]): Promise<void> =>
    publish(async () => {
      for (let start = 0; start < events.length; start += mostAtOnce) {
        const batch: WrittenMessage[] = [];
        for (const [streamId, event] of events.slice(start, start + mostAtOnce))
          batch.push(await message(streamId, event));
        await publisher.publish(batch);
      }
    });

  return {
    async append(streamId, ...events) {
      await write(events.map((event) => [streamId, event]));
      return versions.get(streamId) ?? 0;
    },
    play: (histories) =>
      write(histories.flatMap(({ streamId, events }) => events.map((event) => [streamId, event] as const))),
  };
}
