import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Another process that appends to these streams, see `writer-process.ts`. */
export interface OtherProcess {
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Lets it end and returns how many appends it was told were accepted. */
  stop(): Promise<number>;
}

export async function otherProcess(url: string, streamIds: readonly string[]): Promise<OtherProcess> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'writer-process.ts'), [url, ...streamIds]);
  await once(child, 'message');
  return {
    signal: (name) => {
      child.kill(name);
    },
    async stop() {
      const exited = once(child, 'exit');
      child.send('stop');
      const [{ appended }] = (await once(child, 'message')) as [{ appended: number }];
      await exited;
      return appended;
    },
  };
}
