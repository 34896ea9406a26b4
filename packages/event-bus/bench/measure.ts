export interface Run {
  readonly seconds: number;
  /** CPU of this process, µs an event. */
  readonly cpu: number;
}

/** Time and CPU of one piece of work over `events` events. */
export async function timed(events: number, work: () => Promise<unknown>): Promise<Run> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const since = performance.now();
  await work();
  const seconds = (performance.now() - since) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpu: (user + system) / events };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export const perSecond = (events: number, runs: readonly Run[]): number =>
  Math.round(events / median(runs.map(({ seconds }) => seconds)));

export const cpuOf = (runs: readonly Run[]): string => median(runs.map(({ cpu }) => cpu)).toFixed(1);

export const grouped = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ');
