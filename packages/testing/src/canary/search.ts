/** Looks for a person everywhere a platform keeps something: databases, their files, topics on the broker's disk, logs, Redis. */
import { createReadStream, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { foundIn, type Needle } from './needles.ts';

export interface Leak {
  /** A table, a file, a key. */
  readonly where: string;
  readonly of: string;
  readonly spelling: string;
}

export interface Searched {
  readonly leaks: readonly Leak[];
  /** Tables, files or keys that were looked through. */
  readonly places: number;
  readonly bytes: number;
}

const leaksIn = (where: string, haystack: Buffer, needles: readonly Needle[]): Leak[] =>
  foundIn(haystack, needles).map(({ of, spelling }) => ({ where, of, spelling }));

const tablesSql = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`;

/** Every row of every table of a database, as text; `url` is its owner's, or the administrator's. */
export async function searchDatabase(url: string, needles: readonly Needle[]): Promise<Searched> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(tablesSql);
    const leaks: Leak[] = [];
    let bytes = 0;
    for (const { name } of tables) {
      await client.query('begin');
      await client.query(`declare look no scroll cursor for select t::text as row from ${name} t`);
      for (;;) {
        const { rows } = await client.query<{ row: string }>('fetch 2000 from look');
        if (rows.length === 0) break;
        const page = Buffer.from(rows.map(({ row }) => row).join('\n'));
        bytes += page.length;
        leaks.push(...leaksIn(`${new URL(url).pathname.slice(1)} ${name}`, page, needles));
      }
      await client.query('commit');
    }
    return { leaks, places: tables.length, bytes };
  } finally {
    await client.end();
  }
}

/** Enough of the end of one piece to find what begins there and goes on in the next. */
const overlap = 512;

/** Every file below a folder, byte for byte. */
export async function searchFiles(folder: string, needles: readonly Needle[]): Promise<Searched> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const leaks: Leak[] = [];
  let bytes = 0;
  for (const entry of files) {
    const file = join(entry.parentPath, entry.name);
    let end: Buffer = Buffer.alloc(0);
    try {
      for await (const piece of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) {
        const haystack = Buffer.concat([end, piece as Buffer]);
        bytes += (piece as Buffer).length;
        leaks.push(...leaksIn(relative(folder, file), haystack, needles));
        end = Buffer.from(haystack.subarray(-overlap));
      }
    } catch (error) {
      // Servers make and remove files all the time.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { leaks, places: files.length, bytes };
}

/** Every key of Redis with what it holds. */
export async function searchRedis(url: string, needles: readonly Needle[]): Promise<Searched> {
  const redis = new Redis(url);
  try {
    const leaks: Leak[] = [];
    let [places, bytes] = [0, 0];
    for await (const keys of redis.scanStream({ count: 1_000 })) {
      for (const key of keys as string[]) {
        const held = Buffer.from(`${key}\n${JSON.stringify(await heldUnder(redis, key))}`);
        places++;
        bytes += held.length;
        leaks.push(...leaksIn(`redis ${key}`, held, needles));
      }
    }
    return { leaks, places, bytes };
  } finally {
    redis.disconnect();
  }
}

async function heldUnder(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}
