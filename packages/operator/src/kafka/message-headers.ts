import { eventTypeOf, type InboundMessage } from '@vienuviet/event-bus';

export type EventBusMessage = InboundMessage;

export interface Headers {
  readonly type: string | null;
  readonly time: string | null;
  readonly version: number | null;
}

/** What the CloudEvents headers of a message say, as far as they are there. */
export function readHeaders(headers: Readonly<Record<string, string>>): Headers {
  const time = headers['ce_time'];
  const version = Number(headers['ce_sequence']);
  return {
    type: eventTypeOf(headers['ce_type'] ?? '') ?? null,
    time: time !== undefined && !Number.isNaN(Date.parse(time)) ? time : null,
    version: Number.isSafeInteger(version) && version > 0 ? version : null,
  };
}
