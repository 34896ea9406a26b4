import { asCaller, systemScope } from '@vienuviet/database';
import type { TokensRevokedAt } from '@vienuviet/http';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';

/**
 * Rows older than this are of tokens that have run out: they hold an hour. What arrives later than that, because Kafka
 * was away, is about such tokens too.
 */
const lookBackMs = 2 * 3_600_000;

const READ = 'select account_id, revoked_at from revoked_tokens.account where revoked_at > $1';

export interface RevokedTokensMemory {
  readonly revokedAt: TokensRevokedAt;
  /** Looks now: the projection of this process has moved. */
  nudge(): void;
  close(): Promise<void>;
}

/**
 * Keeps in memory whose tokens were revoked, since every request asks. Another instance's projection may have written
 * the rows, so the table is looked at every `everyMs` milliseconds. Throws when it cannot be read the first time;
 * later the last answer stands, and a warning says so once.
 */
export async function rememberRevokedTokens(options: {
  readonly service: string;
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly clock: () => Date;
  readonly everyMs?: number;
}): Promise<RevokedTokensMemory> {
  const { service, pool, log, clock, everyMs = 2_000 } = options;
  const known = new Map<string, number>();
  let away = false;
  let looking: Promise<void> | undefined;
  let again = false;

  const read = async (): Promise<void> => {
    const since = new Date(clock().getTime() - lookBackMs);
    const { rows } = await asCaller(pool, systemScope(service), (tx) =>
      tx.query<{ account_id: string; revoked_at: Date }>(READ, [since]),
    );
    for (const row of rows) known.set(row.account_id, row.revoked_at.getTime());
  };
  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        await read();
        if (away) log.info({ event: 'revoked_tokens_back' }, 'revoked tokens can be looked up again');
        away = false;
      } catch (error) {
        if (!away) log.warn({ event: 'revoked_tokens_away', err: error }, 'revoked tokens cannot be looked up');
        away = true;
      }
    } while (again);
    looking = undefined;
  };
  const nudge = (): void => {
    again = true;
    looking ??= look();
  };

  await read();
  const timer = setInterval(nudge, everyMs);
  timer.unref();
  return {
    revokedAt: (accountId) => known.get(accountId),
    nudge,
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
