import { spawn } from 'node:child_process';
import { changeSampleState } from './state.ts';
import { vienuvietCommand } from './vienuviet.ts';

/**
 * A process of its own, `node play-day.ts ROOT DATA_FOLDER DATE`: plays the day to its end, also when whoever started it
 * has gone, and then marks the data so that it is not played again.
 */
const [root = '', dataFolder = '', date = ''] = process.argv.slice(2);
const { command, args, env, cwd } = vienuvietCommand({
  root,
  dataFolder,
  args: ['simulate', 'day', '--sample', '--date', date],
});
const child = spawn(command, args, { env, cwd, stdio: 'inherit' });
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => child.kill(name));
child.on('close', (code) => {
  if (code === 0) changeSampleState(dataFolder, { day: 'played' });
  process.exitCode = code ?? 1;
});
