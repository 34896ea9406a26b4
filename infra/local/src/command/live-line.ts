import { hasEnded, readProgress } from '@vienuviet/simulation';
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

/** `day 45 % (10:32)`, while the day goes on. */
function dayOf(dataFolder: string): string[] {
  const day = readProgress(dataFolder);
  if (!day || hasEnded(day)) return [];
  if (day.phase === 'comparing') return ['day compared'];
  return [`day ${Math.floor((100 * day.done) / Math.max(1, day.total))} % (${day.clock})`];
}
