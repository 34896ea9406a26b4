import { type ChildProcess, spawn } from 'node:child_process';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Is given what it writes; without it that is shown as it is. */
  readonly take?: (text: string) => void;
}

export interface Programs {
  /** Runs a program to its end; its exit code, or 1 when it was killed or could not be run. */
  run(program: Program): Promise<number>;
  /** Ends those that run, and waits until they have. Who waits for one of them, or runs another, waits for ever. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs programs beside each other that can be ended together. */
export function createPrograms(): Programs {
  const running = new Map<ChildProcess, Promise<void>>();
  let isEnding = false;
  return {
    run: ({ command, args, cwd, env = {}, take }) =>
      new Promise((resolve) => {
        if (isEnding) return;
        const child = spawn(command, args, {
          cwd,
          env: { ...process.env, ...env },
          stdio: take ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
        });
        for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take!);
        const closed = new Promise<number | null>((close) => {
          child.once('error', (error) => {
            take?.(`${error.message}\n`);
            close(1);
          });
          child.once('close', close);
        });
        running.set(
          child,
          closed.then((code) => {
            running.delete(child);
            if (!isEnding) resolve(code ?? 1);
          }),
        );
      }),
    async end(signal) {
      isEnding = true;
      for (const child of running.keys()) child.kill(signal);
      await Promise.all(running.values());
    },
  };
}
