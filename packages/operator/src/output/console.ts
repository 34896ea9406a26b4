/** Where the command writes to; given in, so that tests can read it. */
export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** Width of the terminal; undefined when the output is no terminal. */
  readonly width: number | undefined;
  /** True when a line may be written over. */
  readonly live: boolean;
}

/**
 * A line that tells how far something is: written over on a terminal; elsewhere a new line every few seconds, once
 * it takes longer than two.
 */
export interface LiveLine {
  say(text: string): void;
  /** Ends the line, so that what follows starts on its own. */
  end(): void;
}

const patienceMs = 2_000;
const quietMs = 5_000;

export function liveLine(console: Console, clock: () => number = Date.now): LiveLine {
  let last = '';
  let sayFrom = clock() + patienceMs;
  return {
    say: (text) => {
      if (console.live) console.err(`\r\u001b[2K${text.slice(0, (console.width ?? 120) - 1)}`);
      else if (text !== last && clock() >= sayFrom) {
        console.err(`${text}\n`);
        sayFrom = clock() + quietMs;
      }
      last = text;
    },
    end: () => {
      if (console.live && last !== '') console.err('\r\u001b[2K');
    },
  };
}
