/**
 * The order of a day: of all cases the step that happens first in the simulated day is done next, some at the same
 * time, and the steps of one case one after the other.
 */
export interface Queued {
  /** Simulated instant of the case's next step, ms; undefined when the case has ended. */
  nextAt(): number | undefined;
  /** Does the next step. */
  step(): Promise<void>;
}

export interface Pace {
  /** How many of the simulated seconds go by in a real one; without it as fast as possible. */
  readonly speed?: number | undefined;
  /** Most steps at the same time. */
  readonly concurrency: number;
  /** Told the simulated instant before each step. */
  readonly onStep?: (at: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Does all steps of all cases. Rejects with the first error of a step, after those under way have ended. */
export async function runQueue(cases: readonly Queued[], pace: Pace): Promise<void> {
  const waiting = heapBy<{ readonly at: number; readonly queued: Queued }>(({ at }) => at);
  const enqueue = (queued: Queued): void => {
    const at = queued.nextAt();
    if (at !== undefined) waiting.push({ at, queued });
  };
  for (const each of cases) enqueue(each);
  const start = { real: Date.now(), simulated: waiting.peek()?.at ?? 0 };
  const running = new Set<Promise<void>>();
  let failure: unknown;

  while (failure === undefined && (waiting.size() > 0 || running.size > 0)) {
    if (pace.signal?.aborted) break;
    const next = running.size < pace.concurrency ? waiting.peek() : undefined;
    if (next === undefined) {
      await Promise.race(running);
      continue;
    }
    const early = pace.speed ? start.real + (next.at - start.simulated) / pace.speed - Date.now() : 0;
    if (early > 0) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, Math.min(early, 200))), ...running]);
      continue;
    }
    waiting.pop();
    pace.onStep?.(next.at);
    const step = next.queued
      .step()
      .then(() => enqueue(next.queued))
      .catch((error: unknown) => {
        failure ??= error ?? new Error('a step failed');
      })
      .finally(() => running.delete(step));
    running.add(step);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure;
}

interface Heap<Item> {
  push(item: Item): void;
  pop(): Item | undefined;
  peek(): Item | undefined;
  size(): number;
}

/** A binary heap: the item with the smallest number first, of equals the one that came first. */
export function heapBy<Item>(numberOf: (item: Item) => number): Heap<Item> {
  const items: { readonly item: Item; readonly number: number; readonly turn: number }[] = [];
  let turns = 0;
  const before = (one: number, other: number): boolean => {
    const [a, b] = [items[one], items[other]];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.number < b.number || (a.number === b.number && a.turn < b.turn);
  };
  const swap = (one: number, other: number): void => {
    [items[one], items[other]] = [items[other]!, items[one]!];
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!before(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (): void => {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = before(right, left) ? right : left;
      if (child >= items.length || !before(child, at)) return;
      swap(at, child);
      at = child;
    }
  };
  return {
    push: (item) => {
      items.push({ item, number: numberOf(item), turn: turns++ });
      rise(items.length - 1);
    },
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (first !== undefined && last !== undefined && items.length > 0) {
        items[0] = last;
        sink();
      }
      return first?.item;
    },
    peek: () => items[0]?.item,
    size: () => items.length,
  };
}
