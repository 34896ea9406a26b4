import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withClient } from '@vienuviet/database';
import pg from 'pg';
import { LocalError } from '../errors.ts';
import type { ProcessToStart, Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { untilReady } from '../until-ready.ts';
import { type PostgresBinaries, packagedBinaries } from './binaries.ts';
import { postgresFolder } from './data-folder.ts';
import { postgresUser, type SystemUser } from './run-as.ts';

export interface ClusterOptions {
  readonly supervisor: Supervisor;
  readonly port: number;
  /** Of the administrator `postgres`. */
  readonly password: string;
  readonly durability: 'safe' | 'fast';
  readonly maxConnections: number;
  readonly progress: Progress;
  /** Another version than the packaged one. */
  readonly binaries?: (user: SystemUser | undefined) => Promise<PostgresBinaries>;
}

/**
 * Nothing waits for the disk, but a commit is handed to the kernel before it is answered: what was acknowledged survives
 * a kill -9 of the server, which tests do. (With `synchronous_commit` off the last commits were lost with it.)
 */
/** Without waiting for the disk; what was acknowledged still outlives a killed server, since the kernel has it. */
const FAST = { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'off' };
const SAFE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/** Starts PostgreSQL on the data folder, which is made the first time, and gives the administrator's address. */
export async function startCluster(options: ClusterOptions): Promise<string> {
  const { supervisor, port, progress } = options;
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;
  await progress.step('PostgreSQL', async () => {
    const user = await postgresUser();
    const binaries = await (options.binaries ?? packagedBinaries)(user);
    const folder = await postgresFolder(supervisor.dataFolder, user, progress);
    const cluster = join(folder, 'cluster');
    await initialise(binaries, folder, cluster, options.password, user);
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      // The default folder of the socket is often not writable; everybody comes by TCP.
      unix_socket_directories: '',
      max_connections: options.maxConnections,
      shared_buffers: '128MB',
      timezone: 'UTC',
      log_timezone: 'UTC',
      log_line_prefix: '%m [%p] %q%a@%d ',
      // Queries are small; compiling them costs more than it saves.
      jit: 'off',
      ...(options.durability === 'fast' ? FAST : SAFE),
    };
    const server: ProcessToStart = {
      name: 'postgres',
      command: binaries.postgres,
      args: ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      cwd: '/',
      ...(user ? { user } : {}),
      // SIGINT is the fast shutdown: it ends sessions instead of waiting for them.
      stop: { signal: 'SIGINT', patience: 30_000 },
      rank: 0,
    };
    await startServer(supervisor, server, cluster, url);
    await keepToAdministrator(url);
  });
  return url;
}

/**
 * The administrator's databases, which PostgreSQL opens to everybody: whoever held the lock there under which roles
 * are made would keep the platform from starting.
 */
const keepToAdministrator = (url: string): Promise<unknown> =>
  withClient({ connectionString: url }, (admin) =>
    admin.query('revoke all on database postgres, template1 from public'),
  );

/**
 * Sessions of a server that was killed may live on for a moment and hold its shared memory, and the new server
 * refuses to start beside them: it is tried again.
 */
async function startServer(
  supervisor: Supervisor,
  server: ProcessToStart,
  cluster: string,
  url: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Left behind by a kill; PostgreSQL would take any process that was given the same pid for itself.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    const started = await supervisor.start(server);
    try {
      return await untilReady({ process: started, seconds: 60, ready: () => acceptsQueries(url) });
    } catch (error) {
      const endedEarly = error instanceof LocalError && error.code === 'process_exited';
      if (!endedEarly || attempt === 5) throw error;
      await pause(1_000);
    }
  }
}

/** Makes the cluster beside its place and moves it there whole, so that a kill in between leaves no half one. */
async function initialise(
  binaries: PostgresBinaries,
  folder: string,
  cluster: string,
  password: string,
  user: SystemUser | undefined,
): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const partial = join(folder, 'making');
  rmSync(partial, { recursive: true, force: true });
  rmSync(cluster, { recursive: true, force: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  try {
    await runCommand(
      binaries.initdb,
      [
        ...['-D', partial, '--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'],
        ...['--no-instructions', `--pwfile=${passwordFile}`],
      ],
      { env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' }, cwd: '/', ...(user ? { user } : {}) },
    );
  } finally {
    rmSync(passwordFile);
  }
  renameSync(partial, cluster);
}

/** A server that is starting or stopping answers with an error. */
export async function acceptsQueries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code.startsWith('28')) {
      throw new LocalError('refused', 'PostgreSQL refuses the password: secrets.json does not belong to this data', {
        cause: error,
      });
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
