import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { untilReady } from '../until-ready.ts';

export interface RedisOptions {
  readonly supervisor: Supervisor;
  readonly port: number;
  readonly progress: Progress;
}

/** Starts Redis without persistence (it holds only what may be lost) and gives its address. */
export async function startRedis({ supervisor, port, progress }: RedisOptions): Promise<string> {
  await progress.step('Redis', async () => {
    const folder = join(supervisor.dataFolder, 'redis');
    mkdirSync(folder, { recursive: true });
    const started = await supervisor.start({
      name: 'redis',
      command: 'redis-server',
      args: [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
        ...['--maxmemory', '256mb', '--maxmemory-policy', 'volatile-ttl'],
      ],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stop: { signal: 'SIGTERM', patience: 5_000 },
      rank: 0,
    });
    await untilReady({ process: started, seconds: 15, ready: () => answersPing(port) });
  });
  return `redis://127.0.0.1:${port}`;
}

/** Speaks the protocol by hand: a client of the library would log and retry on its own. */
export function answersPing(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('+PONG')));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
