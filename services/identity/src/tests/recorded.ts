import { eventually } from '@vienuviet/testing';
import type { RunningIdentity } from './running-identity.ts';

/** From now on: the entries of the record of access, each as `kind code actor method route`, once there are so many. */
export function recording(identity: RunningIdentity): (count: number) => Promise<string[]> {
  const owner = identity.database.pool('owner');
  const since = new Date();
  const read = async () =>
    (
      await owner.query<{ line: string }>(
        `select concat_ws(' ', kind, code, coalesce(actor_id, '-'), method, route) as line
           from access_record.entries where at >= $1 order by entry_id`,
        [since],
      )
    ).rows.map(({ line }) => line);
  return (count) =>
    eventually('entries of the record of access', async () => {
      const lines = await read();
      return lines.length >= count ? lines : undefined;
    });
}
