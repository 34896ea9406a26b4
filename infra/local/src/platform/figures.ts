/** What a live line shows, summed over all services. */
export interface Figures {
  readonly appended: number;
  readonly relayed: number;
  readonly projected: number;
  readonly lag: number;
}

const NONE: Figures = { appended: 0, relayed: 0, projected: 0, lag: 0 };

/** Names as `@vienuviet/telemetry` registers them. */
const METRICS = {
  appended: 'vienuviet_events_appended_total',
  relayed: 'vienuviet_relay_events_total',
  projected: 'vienuviet_projection_events_total',
  lag: 'vienuviet_projection_lag_events',
} as const satisfies Record<keyof Figures, string>;

/** Adds up the samples of a Prometheus text by metric, over all labels. */
export function parseFigures(text: string): Figures {
  const sum = (metric: string): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(metric) && /^[{ ]/.test(line.slice(metric.length)))
      .reduce((total, line) => total + sampleValue(line), 0);
  return {
    appended: sum(METRICS.appended),
    relayed: sum(METRICS.relayed),
    projected: sum(METRICS.projected),
    lag: sum(METRICS.lag),
  };
}

/** `name{labels} value` or `name value`, with a time stamp behind it where there is one. */
function sampleValue(line: string): number {
  const behindLabels = line.includes('}') ? line.slice(line.lastIndexOf('}') + 1) : line.slice(line.indexOf(' '));
  return Number(behindLabels.trim().split(' ')[0]) || 0;
}

/** The figures of a running copy; an instance that does not answer counts nothing. */
export async function readFigures(addresses: readonly string[]): Promise<Figures> {
  const all = await Promise.all(
    addresses.map(async (address) => {
      try {
        const answer = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(2_000) });
        return answer.ok ? parseFigures(await answer.text()) : NONE;
      } catch {
        return NONE;
      }
    }),
  );
  return all.reduce(
    (sum, one) => ({
      appended: sum.appended + one.appended,
      relayed: sum.relayed + one.relayed,
      projected: sum.projected + one.projected,
      lag: sum.lag + one.lag,
    }),
    NONE,
  );
}

/** `12,345 appended · 12,345 relayed · 30,120 projected · lag 0`, with the rates since the figures before. */
export function figuresLine(now: Figures, before: Figures | undefined, seconds: number): string {
  const count = (value: number) => value.toLocaleString('en-GB');
  const rate = (key: keyof Figures) =>
    before && seconds > 0 ? ` (${count(Math.max(0, Math.round((now[key] - before[key]) / seconds)))}/s)` : '';
  return [
    `${count(now.appended)} appended${rate('appended')}`,
    `${count(now.relayed)} relayed${rate('relayed')}`,
    `${count(now.projected)} projected${rate('projected')}`,
    `lag ${count(now.lag)}`,
  ].join(' · ');
}
