import { type DayProgress, hasEnded, readProgress } from '@vienuviet/simulation';
import { type Figures, figuresLine, readFigures } from '../platform/figures.ts';

const EVERY = 1_000;
/** Where lines cannot be rewritten, one now and then, and only when something moved. */
const EVERY_PLAIN = 15_000;

/**
 * Shows what flows through a running copy: one line that is rewritten in a terminal, a new line now and then
 * elsewhere. Returns what ends it.
 */
export function startLiveLine(options: {
  readonly addresses: readonly string[];
  readonly dataFolder: string;
  readonly out: { write(text: string): unknown; isTTY?: boolean };
}): () => void {
  const { addresses, dataFolder, out } = options;
  const rewritten = out.isTTY === true;
  let before: { figures: Figures; at: number } | undefined;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const show = async () => {
    const figures = await readFigures(addresses);
    const at = performance.now();
    if (ended) return;
    const flow = figuresLine(figures, before?.figures, before ? (at - before.at) / 1_000 : 0);
    const line = [...dayOf(dataFolder), flow].join(' · ');
    const moved = !before || before.figures.appended !== figures.appended || before.figures.lag !== figures.lag;
    if (rewritten) out.write(`\r\x1b[K  ${line}`);
    else if (moved) out.write(`  ${line}\n`);
    before = { figures, at };
    timer = setTimeout(() => void show(), rewritten ? EVERY : EVERY_PLAIN);
  };
  void show();
  return () => {
    ended = true;
    clearTimeout(timer);
    if (rewritten) out.write('\r\x1b[K');
  };
}

function dayOf(dataFolder: string): string[] {
  const day = readProgress(dataFolder);
  if (!day || hasEnded(day)) return [];
  return [dayText(day)];
}

/** `day 45 % (10:32)`; without a time before its first command. */
export function dayText({
  phase,
  done,
  total,
  clock,
}: Pick<DayProgress, 'phase' | 'done' | 'total' | 'clock'>): string {
  if (phase === 'comparing') return 'day compared';
  const percent = `day ${Math.floor((100 * done) / Math.max(1, total))} %`;
  return clock === '' ? percent : `${percent} (${clock})`;
}
