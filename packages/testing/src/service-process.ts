import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './test-folders.ts';

export interface ServiceProcess {
  readonly child: ChildProcess;
  /** Everything that it printed. */
  output(): string;
  /** Its address, once it listens; rejects when it ends before. */
  readonly address: Promise<string>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface ServiceProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Of the service: `migrate`. */
  readonly args?: readonly string[];
  /** Of Node. */
  readonly nodeArgs?: readonly string[];
  /** Who runs it, where not the caller. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Starts a service's `main.ts` as a process of its own and keeps what it prints. */
export function startServiceProcess(service: string, options: ServiceProcessOptions): ServiceProcess {
  const { env, args = [], nodeArgs = [], user } = options;
  const folder = join(root, 'services', service);
  const child = spawn(process.execPath, [...nodeArgs, join(folder, 'src/main.ts'), ...args], {
    ...{ env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    ...user,
  });
  let output = '';
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const address = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /"address":"([^"]+)","msg":"listening"/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    void ended.then((how) => reject(new Error(`${service} ended with ${how}:\n${output.slice(-2_000)}`)));
  });
  // Who waits for its end alone is not told twice.
  address.catch(() => undefined);
  return { child, output: () => output, address, ended };
}
