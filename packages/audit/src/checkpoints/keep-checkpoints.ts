import type { Log } from '@vienuviet/telemetry';
import { type Due, type SignerSettings, signIfDue } from './sign.ts';

/** A minute, or a thousand records. */
export const usualDue: Due = { afterMs: 60_000, afterRecords: 1_000 };

export interface CheckpointSettings extends SignerSettings {
  readonly log: Log;
  readonly due?: Due;
  /** Milliseconds between looks while this process has written something that is not signed; default 5 000. */
  readonly looksEveryMs?: number;
}

export interface Checkpoints {
  /** That so many records were written. */
  written(records: number): void;
  stop(): Promise<void>;
}

/**
 * Keeps signing. Every process of a service may: whoever finds one due signs it, for the chains of all. A process that
 * has written nothing since it last saw everything signed does not look.
 */
export function keepCheckpoints(settings: CheckpointSettings): Checkpoints {
  const { log, due = usualDue, looksEveryMs = 5_000 } = settings;
  // Whoever was here before may have ended before it signed its last records.
  let unsigned = 1;
  let looking: Promise<void> | undefined;
  let failing = false;

  const look = (): void => {
    if (unsigned === 0) return;
    const before = unsigned;
    looking ??= signIfDue(settings, due)
      .then(({ outcome }) => {
        if (outcome !== 'later') unsigned -= before;
        if (failing) log.info({ event: 'audit_signed' }, 'checkpoints of the audit are signed again');
        failing = false;
      })
      .catch((error: unknown) => {
        if (!failing) log.error({ err: error, event: 'audit_unsigned' }, 'no checkpoint of the audit can be signed');
        failing = true;
      })
      .finally(() => {
        looking = undefined;
      });
  };
  const timer = setInterval(look, looksEveryMs).unref();
  let sinceLook = 0;

  return {
    written(records) {
      unsigned += records;
      sinceLook += records;
      if (sinceLook < due.afterRecords) return;
      sinceLook = 0;
      look();
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
