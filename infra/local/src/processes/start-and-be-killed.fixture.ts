import { identityOf } from './identity.ts';
import { lockDataFolder } from './lock.ts';
import { createSupervisor } from './supervisor.ts';

/**
 * For tests: `node start-and-be-killed.fixture.ts DATA_FOLDER COMMAND ARG…` takes the lock, starts the command,
 * says so, and waits to be killed.
 */
const [dataFolder = '', command = '', ...args] = process.argv.slice(2);
await lockDataFolder(dataFolder);
const supervisor = createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! });
await supervisor.start({
  ...{ name: 'started', command, args, env: { PATH: process.env['PATH'] ?? '' }, rank: 0 },
  stop: { signal: 'SIGTERM', patience: 1_000 },
});
process.stdout.write('started\n');
setInterval(() => undefined, 1_000);
