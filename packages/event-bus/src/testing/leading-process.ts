/** A process that leads something until it is killed: `node leading-process.ts <database url> <name>`. */
import { createPool } from '@vienuviet/database';
import { startLeadership } from '../leadership/leader.ts';
import { silentLog } from '../log.ts';

const [url, name] = process.argv.slice(2);
const pool = createPool({ url: url!, name: 'leading-process', max: 2 });
startLeadership({
  pool,
  name: name!,
  log: silentLog,
  sessionTimeoutMs: 2_000,
  async lead(_session, signal) {
    process.stdout.write('leads\n');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    process.stdout.write('lost\n');
  },
});
