import { spawn } from 'node:child_process';
import { LocalError } from './errors.ts';

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly input?: string;
  /** Called for every line the command writes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command to its end and gives what it wrote to its standard output; a failure carries what it wrote last. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...options.user,
    });
    let output = '';
    let everything = '';
    const take = (text: string) => {
      everything = (everything + text).slice(-20_000);
      for (const line of text.split('\n')) if (line.trim() !== '') options.onLine?.(line.trimEnd());
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    child.on('error', (cause) => reject(new LocalError('command_failed', `${command} cannot be run`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const shown = everything.trimEnd().split('\n').slice(-20).join('\n');
      reject(new LocalError('command_failed', `${command} ended with ${signal ?? `exit code ${code}`}:\n${shown}`));
    });
  });
}

/** Whether a command is on the search path. */
export async function hasCommand(name: string): Promise<boolean> {
  return runCommand('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).then(
    () => true,
    () => false,
  );
}
