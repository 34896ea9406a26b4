import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './test-folders.ts';

const divider = '=== next ===';

/** A page whose commands were run. */
export interface RunPage {
  /** The first block of commands with a text in it; empty when there is none. */
  commandsOf(text: string): string;
  /** What the first block with a text in it printed; empty when there is none. */
  told(text: string): string;
}

/**
 * Runs every block of `sh` of a Markdown page of this repository, in order and in one shell, as a reader would. Rejects
 * with what was printed when a command fails.
 */
export async function runPage(
  page: string,
  { dataFolder, timeoutMs = 60_000 }: { dataFolder: string; timeoutMs?: number },
): Promise<RunPage> {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands);
  const script = ['set -euo pipefail', ...blocks.map((commands) => `${commands}\necho; echo '${divider}'`)].join('\n');
  const output = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, VIENUVIET_DATA: dataFolder };
    execFile('bash', ['-c', script], { cwd: root, env, timeout: timeoutMs }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`, { cause: error })),
    );
  });
  const printed = output.split(`${divider}\n`);
  const indexOf = (wanted: string): number => blocks.findIndex((commands) => commands.includes(wanted));
  return {
    commandsOf: (wanted) => blocks[indexOf(wanted)] ?? '',
    told: (wanted) => printed[indexOf(wanted)] ?? '',
  };
}
