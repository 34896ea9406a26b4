import { inTransaction } from '@vienuviet/database';
import type { Grant } from '@vienuviet/http';
import type { Log } from '@vienuviet/telemetry';
import type pg from 'pg';
import { grantsOfGroups, type InstitutionDirectory, type KnownGroup } from './directory.ts';

/** What a directory says of one of its people; names stay here. */
export interface DirectoryAccount {
  /** Random, made at first sight and kept. */
  readonly accountId: string;
  readonly directory: string;
  readonly active: boolean;
  /** All that the directory gives; none while the person is not active. */
  readonly grants: readonly Grant[];
}

/**
 * The account follows: opened when new, the grants of this directory made equal to `grants`, active or not. Idempotent:
 * it is called again where nobody knows whether it got through.
 */
export type FollowDirectory = (account: DirectoryAccount) => Promise<void>;

export interface FollowerSettings {
  readonly pool: pg.Pool;
  readonly directories: readonly InstitutionDirectory[];
  readonly follow: FollowDirectory;
  readonly log: Log;
  readonly everyMs?: number;
}

export interface Follower {
  /** Has these accounts follow now, as far as they are few; the others follow in the background, at once. */
  follow(userIds: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Accounts that a request waits for; a group of ten thousand must not make its sender wait. */
const mostInRequest = 50;
const batch = 200;
/** Each takes a connection for its row and another for the account. */
const atOnce = 3;

const rowSql = (skip: '' | 'skip locked') => `
  select account_id as "accountId", directory, active and deleted_at is null as active
    from identity.directory_user where user_id = $1 and followed_change < change and held is null for update ${skip}`;

const groupsSql = `
  select g.display_name as "displayName", g.external_id as "externalId"
    from identity.directory_member m join identity.directory_group g using (group_id) where m.user_id = $1`;

const followedSql = 'update identity.directory_user set followed_change = change where user_id = $1';

// Who is to go comes first; one that failed waits for a moment, so that it is in nobody's way.
const waitingSql = `
  select user_id as "userId" from identity.directory_user
    where followed_change < change and held is null and follow_after <= now() and directory = any($1)
    order by active, position limit ${batch}`;

const laterSql = `
  update identity.directory_user set follow_after = now() + interval '5 seconds' where user_id = $1`;

/**
 * Has the accounts follow what the tables say: on request, and every second whatever did not get through. The row is
 * locked while its account follows, so that no older word can come after a newer one, and is marked in the same
 * transaction: what breaks in between is done again.
 */
export function startFollowing({ pool, directories, follow, log, everyMs = 1_000 }: FollowerSettings): Follower {
  const known = new Map(directories.map((directory) => [directory.name, directory]));
  const turns = Array.from({ length: atOnce }, () => Promise.resolve());
  let next = 0;

  const followOne = (userId: string, skip: '' | 'skip locked'): Promise<void> => {
    const place = next++ % atOnce;
    const turn = turns[place]!.then(() => attempt(userId, skip));
    turns[place] = turn;
    return turn;
  };

  const attempt = async (userId: string, skip: '' | 'skip locked'): Promise<void> => {
    try {
      await inTransaction(pool, async (tx) => {
        // A statement of its own sees what was committed while the lock was waited for; both are sent at once.
        const [{ rows }, groups] = await Promise.all([
          tx.query<Omit<DirectoryAccount, 'grants'>>(rowSql(skip), [userId]),
          tx.query<KnownGroup>(groupsSql, [userId]),
        ]);
        const directory = known.get(rows[0]?.directory ?? '');
        if (rows[0] === undefined || directory === undefined) return;
        const { accountId, active } = rows[0];
        const grants = active ? grantsOfGroups(directory, groups.rows) : [];
        await follow({ accountId, directory: directory.name, active, grants });
        await tx.query(followedSql, [userId]);
      });
    } catch (error) {
      log.warn({ err: error, userId }, 'an account could not follow its directory; trying again');
      await pool.query(laterSql, [userId]).catch(() => undefined);
    }
  };

  const sweep = async (): Promise<void> => {
    for (;;) {
      const { rows } = await pool.query<{ userId: string }>(waitingSql, [[...known.keys()]]);
      await Promise.all(rows.map(({ userId }) => followOne(userId, 'skip locked')));
      if (rows.length < batch || stopped) return;
    }
  };

  let stopped = false;
  let sweeping: Promise<void> | undefined;
  const startSweep = (): void => {
    sweeping ??= sweep()
      .catch((error: unknown) => log.warn({ err: error }, 'who has to follow could not be read; trying again'))
      .finally(() => {
        sweeping = undefined;
      });
  };
  const timer = setInterval(startSweep, everyMs);
  timer.unref();

  return {
    follow: async (userIds) => {
      if (userIds.length > mostInRequest) startSweep();
      else await Promise.all(userIds.map((userId) => followOne(userId, '')));
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await sweeping;
      await Promise.all(turns);
    },
  };
}
