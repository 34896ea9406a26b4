import type { EventCodec } from '@vienuviet/schemas';
import { type EventBusMessage, readHeaders } from './message-headers.ts';

/** A message of a topic as it is shown: decoded, or with the reason why it could not be. */
export interface ShownEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  /** `intake.CaseRegistered`; null when the message is none of the platform's events. */
  readonly type: string | null;
  /** When the service recorded it, else when the broker did; ISO 8601. */
  readonly time: string;
  /** Version in its stream. */
  readonly version: number | null;
  readonly data: unknown;
  readonly fault?: string;
}

/** Decodes a message; never throws, since one bad message must not hide the others. */
export function shownEvent(message: EventBusMessage, codec: EventCodec): ShownEvent {
  const { topic, partition, offset, key, value, timestamp } = message;
  const { type, time, version } = readHeaders(message.headers);
  const place = { topic, partition, offset: String(offset), key };
  const shown = { ...place, type, time: time ?? timestamp.toISOString(), version };
  if (value === null) return { ...shown, data: null, fault: 'the message has no value' };
  try {
    const decoded = codec.decode(value);
    return { ...shown, type: decoded.type, data: decoded.data };
  } catch (error) {
    return { ...shown, data: value.toString('hex'), fault: (error as Error).message };
  }
}
