import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';

/** So many at once that a statement stays short, also after a night without anybody to remove them. */
const batch = 1_000;

const removeSql = `
  delete from identity.provider_state where ctid in (
    select ctid from identity.provider_state where expires_at <= now()
    limit ${batch} for update skip locked)`;

/** Removes what has run out; returns how many rows. Instances may do it at the same time. */
export async function removeExpired(pool: pg.Pool): Promise<number> {
  let removed = 0;
  for (let last = batch; last === batch; removed += last) last = (await pool.query(removeSql)).rowCount ?? 0;
  return removed;
}

/** Removes what has run out every `everyMs` milliseconds. Returns a function that ends it and waits for its end. */
export function keepRemovingExpired(pool: pg.Pool, log: Log, everyMs = 60_000): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = removeExpired(pool).then(
      (removed) => {
        if (removed > 0) log.debug({ removed }, 'removed what has run out');
      },
      (error: unknown) => log.warn({ err: error }, 'what has run out could not be removed; trying again'),
    );
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
