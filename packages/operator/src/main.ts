import { resolve } from 'node:path';
import { runProgram } from './program.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second one ends at once, whatever is going on.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// `vienuviet events show | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const root = resolve(import.meta.dirname, '../../..');

process.exitCode = await runProgram(process.argv.slice(2), {
  console: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
    live: process.stderr.isTTY === true,
  },
  dataFolder: resolve(root, process.env['VIENUVIET_DATA'] || '.vienuviet'),
  clock: Date.now,
  signal: stop.signal,
});
