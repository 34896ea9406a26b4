import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { untilReady } from '../until-ready.ts';
import { accessList, redisUrlAs } from './accounts.ts';

export interface RedisOptions {
  readonly supervisor: Supervisor;
  readonly port: number;
  /** From which each account has a password of its own. */
  readonly secret: string;
  /** Accounts beside the operator's. */
  readonly services: readonly string[];
  readonly progress: Progress;
}

/** Starts Redis without persistence (it holds only what may be lost) and gives its address. */
export async function startRedis({ supervisor, port, secret, services, progress }: RedisOptions): Promise<string> {
  await progress.step('Redis', async () => {
    const folder = join(supervisor.dataFolder, 'redis');
    mkdirSync(folder, { recursive: true });
    const users = join(folder, 'users.acl');
    writeFileSync(users, accessList(secret, services), { mode: 0o600 });
    const started = await supervisor.start({
      name: 'redis',
      command: 'redis-server',
      args: [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
        ...['--maxmemory', '256mb', '--maxmemory-policy', 'volatile-ttl', '--aclfile', users],
      ],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stop: { signal: 'SIGTERM', patience: 5_000 },
      rank: 0,
    });
    await untilReady({ process: started, seconds: 15, ready: () => answersPing(port) });
  });
  return redisUrlAs(`redis://127.0.0.1:${port}`, secret);
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
    // Who has not said its name is refused, by a server that is there.
    socket.once('data', (data) => end(/^(\+PONG|-NOAUTH)/.test(data.toString('latin1'))));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
