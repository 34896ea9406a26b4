import type { ParkingCode } from '../errors.ts';
import { eventTypeOf } from '../relay/message-headers.ts';
import type { InboundMessage } from '../types.ts';

/** What the headers say of an event, before anybody looks into its payload. */
export interface Envelope {
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
  readonly eventId: string;
  readonly recordedAt: Date;
  readonly payload: Buffer;
  /** The service that wrote it, and the epoch of that service's store. */
  readonly producer: string;
  readonly epoch: string;
}

/** Why a message is parked. */
export interface Fault {
  readonly code: ParkingCode;
  /** For people, without anything out of the payload: payloads may hold personal data. */
  readonly reason: string;
}

export type Reading =
  | { readonly key: string; readonly envelope: Envelope; readonly fault?: never }
  | { readonly key: string; readonly envelope?: never; readonly fault: Fault };

/** A stream id: printable ASCII of a length that an index holds. Whatever else a key is, it is no stream of ours. */
const STREAM_ID = /^[\x21-\x7e]{1,200}$/;

/** Whether a message's key can be the id of a stream. */
export const isStreamId = (key: string): boolean => STREAM_ID.test(key);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads a message's headers. A message that no relay of ours wrote is parked under a key of its own place, so that
 * it never stands in the way of a stream whose name it uses; one that says it is of a stream, but cannot be read,
 * parks that stream.
 */
export function readEnvelope(message: InboundMessage): Reading {
  const { headers, key, value } = message;
  const subject = headers['ce_subject'];
  const cloudType = headers['ce_type'];
  if (key === '') return foreign(message, 'the message has no key');
  if (!isStreamId(key)) return foreign(message, 'the key of the message is no stream id');
  if (cloudType === undefined || subject === undefined)
    return foreign(message, 'the message has no CloudEvents headers');
  if (subject !== key) return foreign(message, 'the key of the message is not the subject that its headers name');
  const type = eventTypeOf(cloudType);
  if (type === undefined) return foreign(message, 'ce_type names no event type of this platform');
  const eventId = headers['ce_id'] ?? '';
  if (!UUID.test(eventId)) return malformed(key, 'ce_id is no UUID');
  const version = Number(headers['ce_sequence']);
  if (!Number.isSafeInteger(version) || version < 1) return malformed(key, 'ce_sequence is no stream version');
  const recordedAt = new Date(headers['ce_time'] ?? '');
  if (Number.isNaN(recordedAt.getTime())) return malformed(key, 'ce_time is no instant');
  const producer = headers['ce_source'];
  const epoch = headers['ce_storeepoch'];
  if (!producer || !epoch) return malformed(key, 'ce_source or ce_storeepoch is missing');
  if (value === null || value.length === 0) return { key, fault: { code: 'empty_message', reason: 'no value' } };
  return { key, envelope: { type, streamId: key, version, eventId, recordedAt, payload: value, producer, epoch } };
}

/** The key of a message that belongs to no stream: its place. */
export const placeKey = ({ topic, partition, offset }: InboundMessage): string => `${topic}-${partition}-${offset}`;

const foreign = (message: InboundMessage, reason: string): Reading => ({
  key: placeKey(message),
  fault: { code: 'foreign_message', reason },
});

const malformed = (key: string, reason: string): Reading => ({ key, fault: { code: 'malformed_headers', reason } });
