import type { BusWriter, BusWriterParts, WrittenMessage } from './bus-writer.ts';
import type { StreamHistory } from './world.ts';

/** A message as a consumer gets it; the shape of the bus' `InboundMessage`. */
export interface ReadMessage extends WrittenMessage {
  readonly offset: bigint;
  readonly timestamp: Date;
}

/** What the histories' topics hold, a list for each partition in its order, without a broker in between. */
export async function inboundPartitions(
  histories: readonly StreamHistory[],
  writerTo: (publisher: BusWriterParts['publisher']) => BusWriter,
  partitionsOfTopic = 3,
): Promise<ReadMessage[][]> {
  const partitions = new Map<string, ReadMessage[]>();
  const writer = writerTo({
    partitions: async () => partitionsOfTopic,
    publish: async (messages) => {
      for (const message of messages) {
        const place = `${message.topic}/${message.partition}`;
        const before = partitions.get(place) ?? [];
        partitions.set(place, before);
        before.push({ ...message, offset: BigInt(before.length), timestamp: new Date(0) });
      }
    },
  });
  await writer.play(histories);
  return [...partitions.values()];
}
