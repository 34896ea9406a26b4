/** Takes what a program writes, in whatever pieces it comes. */
export interface WholeLines {
  take(text: string): void;
  /** Hands on what is left. */
  end(): void;
}

/**
 * Hands on whole lines, and those that a program writes within a moment together, so that the lines of programs beside
 * each other do not get between each other.
 */
export function wholeLines(show: (text: string) => void, momentMs = 50): WholeLines {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const handOn = (upTo: number): void => {
    clearTimeout(timer);
    timer = undefined;
    if (upTo > 0) show(held.slice(0, upTo));
    held = held.slice(upTo);
  };
  return {
    take(text) {
      held += text;
      timer ??= setTimeout(() => handOn(held.lastIndexOf('\n') + 1), momentMs);
    },
    end() {
      if (held !== '' && !held.endsWith('\n')) held += '\n';
      handOn(held.length);
    },
  };
}
