import { createPool } from '@vienuviet/database';
import type { Log } from '@vienuviet/telemetry';
import type { Persons } from '../records/persons.ts';
import { dropMonthsOver, makeMonthsAhead, type RetentionSettings } from './months.ts';

export interface MonthSettings extends Omit<RetentionSettings, 'owner'> {
  readonly persons: Pick<Persons, 'prepare'>;
  readonly ownerUrl: string;
  readonly log: Log;
  /** Milliseconds between looks; default six hours. */
  readonly everyMs?: number;
}

const SIX_HOURS = 6 * 3_600_000;
const AGAIN_MS = 60_000;

/** Makes the partitions of the months to come and lets go of those whose time is over: now, and four times a day. */
export function keepMonths(settings: MonthSettings): { stop(): Promise<void> } {
  const { pool, log, ownerUrl, service, persons, everyMs = SIX_HOURS } = settings;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = async (): Promise<void> => {
    await makeMonthsAhead(pool);
    await persons.prepare(new Date());
    // Idle it holds no connection. What waits long for a lock would make every record wait behind it.
    const owner = createPool({ url: ownerUrl, name: `${service} retention`, max: 1, lockTimeout: 2_000 });
    try {
      const dropped = await dropMonthsOver({ ...settings, owner });
      if (dropped.length > 0) log.info({ event: 'audit_months_dropped', dropped }, 'months of the audit were dropped');
    } finally {
      await owner.end();
    }
  };
  const lookAndNext = async (): Promise<void> => {
    let wait = everyMs;
    try {
      await look();
    } catch (error) {
      log.error({ err: error, event: 'audit_months' }, 'the months of the audit cannot be kept');
      wait = AGAIN_MS;
    }
    if (stopped) return;
    const again = (): void => {
      looking = lookAndNext();
    };
    timer = setTimeout(again, wait).unref();
  };
  let looking = lookAndNext();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
