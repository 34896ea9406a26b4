import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';
import { ensureFirstKey, type RotationTimes, readKeys, rotateKeys } from './key-store.ts';
import { keysAtMoment, type ScheduledKey } from './schedule.ts';
import type { Seal } from './sealing.ts';

/** The signing keys as this instance knows them: read from the database now and then, chosen by the clock. */
export interface KeyRing {
  /** The key that signs now, and all that are published, that one first. */
  now(): { readonly signing: ScheduledKey; readonly published: readonly ScheduledKey[] };
  /** Throws `rotation_under_way`. */
  rotate(): Promise<{ kid: string; signsFrom: Date }>;
  close(): Promise<void>;
}

export interface KeyRingSettings extends RotationTimes {
  readonly pool: pg.Pool;
  readonly seal: Seal;
  readonly log: Log;
  readonly clock: () => Date;
  /** Milliseconds between two looks at the database; shorter than the lead. */
  readonly everyMs: number;
}

export async function openKeyRing({ pool, seal, log, clock, everyMs, ...times }: KeyRingSettings): Promise<KeyRing> {
  await ensureFirstKey(pool, seal);
  let keys = await readKeys(pool, seal);
  const look = async (): Promise<void> => {
    const found = await readKeys(pool, seal);
    if (found.length > 0) keys = found;
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // While the database is away the keys that were read last go on being used.
    looking = look().catch((error: unknown) => log.warn({ err: error }, 'the signing keys could not be read again'));
  }, everyMs);
  timer.unref();
  return {
    now: () => keysAtMoment(keys, clock()),
    rotate: async () => {
      const next = await rotateKeys(pool, seal, times);
      await look();
      log.info({ kid: next.kid, signsFrom: next.signsFrom }, 'a next signing key is published');
      return next;
    },
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
