import type { EventPublisher, OutboundMessage } from '../types.ts';

/** A publisher that keeps what went through it and can be told to fail. */
export function watched(inner: EventPublisher) {
  const sent: OutboundMessage[][] = [];
  let before: ((messages: readonly OutboundMessage[]) => Promise<void>) | undefined;
  let after: (() => Promise<void>) | undefined;
  const publisher: EventPublisher = {
    ...inner,
    async publish(messages) {
      await before?.(messages);
      await inner.publish(messages);
      sent.push([...messages]);
      await after?.();
    },
  };
  return {
    publisher,
    sent,
    beforeSend: (work: typeof before) => {
      before = work;
    },
    afterSend: (work: typeof after) => {
      after = work;
    },
  };
}
