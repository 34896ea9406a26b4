/** Something that works, measured beside others under the same load. */
export interface Contender {
  readonly name: string;
  /** One piece of work, e.g. a durable append to a stream of its own. */
  append(): Promise<unknown>;
  /** Empties the tables between rounds, so that all work on tables of the same size. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Load {
  readonly writers: number;
  readonly seconds: number;
  readonly rounds: number;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU of this process for each piece of work, µs. */
  readonly cpu: number;
}

export interface Standing {
  readonly name: string;
  /** Medians over the rounds. */
  readonly median: Measured;
  /** Pieces a second of each round. */
  readonly perSecond: readonly number[];
}

const WARM_UP_SECONDS = 1;

/**
 * Measures contenders in turns, another one first in each round, so that what else the machine does meets all of them.
 * Each is warmed up before every measurement, since its code and plans have grown cold meanwhile.
 */
export async function inTurns(contenders: readonly Contender[], load: Load): Promise<Standing[]> {
  const results = contenders.map((): Measured[] => []);
  for (let round = 0; round < load.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round) % contenders.length;
      const contender = contenders[index]!;
      await contender.reset();
      globalThis.gc?.();
      results[index]!.push(await measure(contender, load));
    }
    process.stderr.write(`  ${load.writers} writers, round ${round + 1} of ${load.rounds}\n`);
  }
  return contenders.map(({ name }, index) => {
    const mine = results[index]!;
    const middle = (of: (measured: Measured) => number) => median(mine.map(of));
    return {
      name,
      median: {
        perSecond: middle((m) => m.perSecond),
        p50: middle((m) => m.p50),
        p99: middle((m) => m.p99),
        cpu: middle((m) => m.cpu),
      },
      perSecond: mine.map((m) => m.perSecond),
    };
  });
}

/** Ratio of two contenders: within each round, then the median, with the range over the rounds. */
export function ratio(of: Standing, to: Standing): { median: number; text: string } {
  const ratios = of.perSecond.map((value, round) => value / to.perSecond[round]!);
  const middle = median(ratios);
  return {
    median: middle,
    text: `**${middle.toFixed(2)}** (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function measure(contender: Contender, load: Load): Promise<Measured> {
  await drive(contender, load.writers, WARM_UP_SECONDS);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const latencies = await drive(contender, load.writers, load.seconds);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    perSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (user + system) / latencies.length,
  };
}

/** Each writer works, waits for the answer, and works again. */
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
