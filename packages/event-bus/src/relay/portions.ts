import type { OutboundMessage } from '../types.ts';

/**
 * Most bytes for one partition in one send. A send makes one record batch a partition, and a broker refuses a batch
 * over `max.message.bytes` (1,048,588 by default) each time it comes, so the relay would stand still for ever. One
 * event is at most 512 KiB.
 */
export const PARTITION_BYTES = 900_000;

/** What a message takes in a batch beside its key, value and headers: lengths, offset, time. */
const OVERHEAD = 64;

/** Messages in order, cut so that no partition gets more bytes in one portion than a broker takes. */
export function portionsOf(messages: readonly OutboundMessage[], limit = PARTITION_BYTES): OutboundMessage[][] {
  const portions: OutboundMessage[][] = [];
  let portion: OutboundMessage[] = [];
  let bytes = new Map<string, number>();
  for (const message of messages) {
    const place = `${message.topic}/${message.partition}`;
    const size = sizeOf(message);
    const sum = (bytes.get(place) ?? 0) + size;
    if (sum > limit && portion.length > 0) {
      portions.push(portion);
      portion = [];
      bytes = new Map();
    }
    portion.push(message);
    bytes.set(place, portion.length === 1 ? size : sum);
  }
  if (portion.length > 0) portions.push(portion);
  return portions;
}

function sizeOf({ key, value, headers }: OutboundMessage): number {
  let size = OVERHEAD + key.length + value.length;
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) + 4;
  return size;
}
