import { type Figures, figuresLine, readFigures } from '../platform/figures.ts';

const EVERY = 1_000;
/** Where lines cannot be rewritten, one now and then, and only when something moved. */
const EVERY_PLAIN = 15_000;

/**
 * Shows what flows through a running copy: one line that is rewritten in a terminal, a new line now and then
 * elsewhere. Returns what ends it.
 */
export function startLiveLine(
  addresses: readonly string[],
  out: { write(text: string): unknown; isTTY?: boolean },
): () => void {
  const rewritten = out.isTTY === true;
  let before: { figures: Figures; at: number } | undefined;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const show = async () => {
    const figures = await readFigures(addresses);
    const at = performance.now();
    if (ended) return;
    const line = figuresLine(figures, before?.figures, before ? (at - before.at) / 1_000 : 0);
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
