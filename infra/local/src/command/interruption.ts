const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** Resolves when somebody wants this process to end. */
  readonly asked: Promise<void>;
  /** Rejects then, for racing against work. */
  readonly raised: Promise<never>;
  end(): void;
}

/** Thrown into what is going on when somebody pressed Ctrl-C. */
export class Interrupted extends Error {}

/** Listens for Ctrl-C and its like. The first one is a wish; the second one calls `atOnce`. */
export function listenForInterruption(atOnce: () => void): Interruption {
  let times = 0;
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const heard = () => {
    times++;
    if (times === 1) ask();
    else atOnce();
  };
  for (const name of SIGNALS) process.on(name, heard);
  const raised = asked.then(() => {
    throw new Interrupted('interrupted');
  });
  raised.catch(() => undefined);
  return {
    asked,
    raised,
    end() {
      for (const name of SIGNALS) process.off(name, heard);
    },
  };
}
