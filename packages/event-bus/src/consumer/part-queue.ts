import type { InboundBatch, InboundMessage } from '../types.ts';

/** Messages of one partition that go in one transaction. */
export interface Part {
  readonly batch: InboundBatch;
  readonly messages: readonly InboundMessage[];
  /** Offset stored before them. */
  readonly expected: bigint;
}

/** Transactions at once: while the database commits one, this process plans the next. */
const AT_ONCE = 2;

interface Waiting {
  readonly part: Part;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Shares transactions among partitions: what arrives while transactions are under way goes together in the next, up
 * to `most` messages. Twelve partitions with an event each are one commit, not twelve. When a shared transaction
 * fails, each part is done again by itself, so that only the one at fault fails.
 */
export function partQueue(options: { most: number; run(parts: readonly Part[]): Promise<void> }) {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let armed = false;

  function arm(): void {
    if (armed || underWay === AT_ONCE || waiting.length === 0) return;
    armed = true;
    // After the sockets were read: the partitions of one fetch are handed over one by one.
    setImmediate(() => {
      armed = false;
      underWay++;
      void together(take()).finally(() => {
        underWay--;
        arm();
      });
      arm();
    });
  }

  function take(): Waiting[] {
    let count = 0;
    let messages = 0;
    while (count < waiting.length) {
      messages += waiting[count]!.part.messages.length;
      if (count > 0 && messages > options.most) break;
      count++;
    }
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  }

  async function together(taken: readonly Waiting[]): Promise<void> {
    try {
      await options.run(taken.map(({ part }) => part));
      for (const { resolve } of taken) resolve();
    } catch (error) {
      if (taken.length === 1) taken[0]!.reject(error);
      else for (const one of taken) await together([one]);
    }
  }

  /** Resolves when the part is committed; rejects when it has to come again. */
  return (part: Part): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ part, resolve, reject });
      arm();
    });
}
