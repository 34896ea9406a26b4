import type { EventCodec } from '@vienuviet/event-store';
import type { ParkingCode } from '../errors.ts';
import { messageOf } from '../errors.ts';
import type { ConsumedEvent, InboundMessage } from '../types.ts';
import { type Envelope, type Fault, readEnvelope } from './envelope.ts';

/**
 * What is to be done with one message.
 *
 * - count: nothing but noting the version of its stream: the consumer does not list the type;
 * - apply: fold it, or react to it;
 * - park: it waits, because of a fault of its own or behind a parked key;
 * - skip: it was here before, or somebody discarded it.
 */
export type Step =
  | { readonly kind: 'count'; readonly key: string; readonly message: InboundMessage; readonly envelope: Envelope }
  | {
      readonly kind: 'apply';
      readonly key: string;
      readonly message: InboundMessage;
      readonly envelope: Envelope;
      readonly event: ConsumedEvent<string, never>;
    }
  | { readonly kind: 'park'; readonly key: string; readonly message: InboundMessage; readonly fault?: Fault }
  | { readonly kind: 'skip'; readonly key: string; readonly message: InboundMessage; readonly version?: number };

export interface PlanInput {
  readonly messages: readonly InboundMessage[];
  readonly codec: EventCodec;
  /** Types that the consumer lists; others are counted and not decoded. */
  readonly types: ReadonlySet<string>;
  /** Last version of each stream that was seen; undefined for a consumer without a guard. */
  readonly versions?: ReadonlyMap<string, number>;
  /** Whether a stream that was never seen may begin with any version. */
  readonly joinsAnywhere?: boolean;
  /** Keys that are parked already. */
  readonly parked: ReadonlySet<string>;
  /** Whether somebody discarded this message. */
  discarded(message: InboundMessage): boolean;
}

/** Decides for each message of a batch, in order, what is to be done. Pure. */
export function planBatch(input: PlanInput): Step[] {
  const { codec, types } = input;
  const parked = new Set(input.parked);
  const seen = new Map<string, number>();
  const steps: Step[] = [];
  for (const message of input.messages) {
    const { key, envelope, fault } = readEnvelope(message);
    const park = (why?: Fault): void => {
      parked.add(key);
      steps.push(why === undefined ? { kind: 'park', key, message } : { kind: 'park', key, message, fault: why });
    };
    if (parked.has(key)) {
      park();
      continue;
    }
    if (input.discarded(message)) {
      // What was discarded counts as seen, or the next event of its stream would come after a hole.
      const version = versionOf(message, key);
      if (version === 0) {
        steps.push({ kind: 'skip', key, message });
        continue;
      }
      const last = Math.max(version, seen.get(key) ?? input.versions?.get(key) ?? 0);
      seen.set(key, last);
      steps.push({ kind: 'skip', key, message, version: last });
      continue;
    }
    if (fault !== undefined) {
      park(fault);
      continue;
    }
    if (input.versions !== undefined) {
      const first = input.joinsAnywhere ? envelope.version - 1 : 0;
      const last = seen.get(key) ?? input.versions.get(key) ?? first;
      if (envelope.version <= last) {
        steps.push({ kind: 'skip', key, message });
        continue;
      }
      if (envelope.version > last + 1) {
        park({ code: 'sequence_hole', reason: `version ${envelope.version} came after version ${last}` });
        continue;
      }
      seen.set(key, envelope.version);
    }
    if (!types.has(envelope.type)) {
      steps.push({ kind: 'count', key, message, envelope });
      continue;
    }
    const decoded = decode(codec, envelope);
    if ('code' in decoded) park(decoded);
    else
      steps.push({
        kind: 'apply',
        key,
        message,
        envelope,
        event: consumedEvent(message.topic, envelope, decoded.data),
      });
  }
  return steps;
}

/** Version that a message says it has in its stream; 0 for one that is of no stream. */
export function versionOf(message: InboundMessage, key: string): number {
  const version = Number(message.headers['ce_sequence']);
  return message.key === key && Number.isSafeInteger(version) && version > 0 ? version : 0;
}

function decode(codec: EventCodec, envelope: Envelope): Fault | { data: unknown } {
  try {
    const { type, data } = codec.decode(envelope.payload);
    if (type !== envelope.type) {
      return { code: 'type_mismatch', reason: `ce_type says ${envelope.type}, the payload is ${type}` };
    }
    return { data };
  } catch (error) {
    const code: ParkingCode =
      (error as { code?: unknown }).code === 'unknown_schema' ? 'unknown_schema' : 'undecodable';
    return { code, reason: messageOf(error) };
  }
}

function consumedEvent(source: string, envelope: Envelope, data: unknown): ConsumedEvent<string, never> {
  const { type, streamId, version, eventId, recordedAt } = envelope;
  return { type, data: data as never, eventId, streamId, version, recordedAt, source };
}
