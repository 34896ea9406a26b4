/** Something that appends, measured beside others under the same load. */
export interface Contender {
  readonly name: string;
  /** Appends once, durably, to a stream of its own. */
  append(): Promise<unknown>;
  /** Empties the tables between rounds, so that all work on tables of the same size. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Load {
  readonly writers: number;
  readonly seconds: number;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU of this process for each append, µs. */
  readonly cpu: number;
}

const WARM_UP_SECONDS = 0.5;

/** Runs one contender: each writer appends, waits for the answer, and appends again. */
export async function measure(contender: Contender, load: Load): Promise<Measured> {
  await drive(contender, load.writers, WARM_UP_SECONDS);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const latencies = await drive(contender, load.writers, load.seconds);
  const seconds = (performance.now() - started) / 1_000;
  const used = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    perSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (used.user + used.system) / latencies.length,
  };
}

async function drive(contender: Contender, writers: number, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  const write = async () => {
    for (let started = performance.now(); started < until; ) {
      await contender.append();
      const ended = performance.now();
      latencies.push(ended - started);
      started = ended;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return latencies;
}

/**
 * Measures contenders in turns, so that what else the machine does meets all of them, and gives for each the medians
 * over the rounds. Ratios are taken within a round and then their median.
 */
export async function interleaved(
  contenders: readonly Contender[],
  load: Load,
  rounds: number,
  progress: (line: string) => void,
): Promise<{ name: string; median: Measured; ratios: number[]; ratio: number }[]> {
  const results = contenders.map(() => [] as Measured[]);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round) % contenders.length;
      const contender = contenders[index]!;
      await contender.reset();
      const measured = await measure(contender, load);
      results[index]!.push(measured);
      progress(
        `${load.writers} writers, round ${round + 1}/${rounds}: ${contender.name} ${measured.perSecond.toFixed(0)}/s`,
      );
    }
  }
  return contenders.map((contender, index) => {
    const mine = results[index]!;
    const ratios = mine.map((measured, round) => measured.perSecond / results[0]![round]!.perSecond);
    return {
      name: contender.name,
      median: {
        perSecond: median(mine.map((m) => m.perSecond)),
        p50: median(mine.map((m) => m.p50)),
        p99: median(mine.map((m) => m.p99)),
        cpu: median(mine.map((m) => m.cpu)),
      },
      ratios,
      ratio: median(ratios),
    };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
