/**
 * Tells what is going on, for people. Whatever takes longer than two seconds shows a line, and another every few
 * seconds where the terminal cannot be rewritten.
 */
export interface Progress {
  /** Runs a step under a title; its line ends with the time it took. */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** Says something once. */
  say(text: string): void;
}

const FIRST_SIGN_AFTER = 1_500;
const SIGN_EVERY = 5_000;
const NOT_WORTH_A_LINE = 50;

/** Writes to a stream; `quiet` shows only steps that took long enough to be noticed. */
export function createProgress(out: { write(text: string): unknown }): Progress {
  return {
    say: (text) => void out.write(`${text}\n`),

    async step(title, work) {
      const started = performance.now();
      const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`;
      let latest = '';
      const sign = () => out.write(`  … ${title}${latest && `: ${latest}`} (${seconds()})\n`);
      let repeated: NodeJS.Timeout | undefined;
      const first = setTimeout(() => {
        sign();
        repeated = setInterval(sign, SIGN_EVERY);
      }, FIRST_SIGN_AFTER);
      try {
        const result = await work((text) => {
          latest = text;
        });
        if (performance.now() - started >= NOT_WORTH_A_LINE) {
          out.write(`  ✓ ${title}${latest && `: ${latest}`} (${seconds()})\n`);
        }
        return result;
      } catch (error) {
        out.write(`  ✗ ${title} (${seconds()})\n`);
        throw error;
      } finally {
        clearTimeout(first);
        clearInterval(repeated);
      }
    },
  };
}

/** For tests and for commands whose output is read by programs. */
export const silent: Progress = { say: () => undefined, step: (_title, work) => work(() => undefined) };
