import { join } from 'node:path';
import { LocalError } from '../errors.ts';
import { settingsFrom } from '../platform/settings.ts';
import { createProgress } from '../progress.ts';
import { HELP, parseCommand } from './arguments.ts';

/**
 * `./scripts/run`, `./scripts/stop`, `./scripts/status`. Exit codes: 0 done (status: everything is ready), 1 it could
 * not be done (status: something is not ready), 2 the command line or the environment is wrong, 130 ended by Ctrl-C
 * before everything was up.
 */
async function main(): Promise<number> {
  const root = join(import.meta.dirname, '../../../..');
  const out = process.stdout;
  const progress = createProgress(out);
  const command = parseCommand(process.argv.slice(2));
  if (command.name === 'help') {
    out.write(HELP[command.of] ?? '');
    return 0;
  }
  const settings = settingsFrom(process.env, root, command.name === 'run' ? command.instances : 1);
  // Loaded when needed: what stops the platform must not fail because something it does not use is broken.
  if (command.name === 'stop') return (await import('./stop.ts')).stop(settings, progress);
  if (command.name === 'status') return (await import('./status.ts')).status(settings, command, out);
  const { run } = await import('./run.ts');
  const started = Number(process.env['VIENUVIET_STARTED_AT']) || Date.now();
  return run({ settings, root, command, progress, out, since: started });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LocalError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'argument' ? 2 : 1;
}
