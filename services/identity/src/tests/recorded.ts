import { eventually } from '@vienuviet/testing';
import type { RunningIdentity } from './running-identity.ts';

/** From now on: the records of the audit, each as `kind code actor method route`, once there are so many. */
export function recording(identity: RunningIdentity): (count: number) => Promise<string[]> {
  const owner = identity.database.pool('owner');
  const since = new Date();
  const read = async () =>
    (
      await owner.query<{ line: string }>(
        `select concat_ws(' ', kind, code, coalesce(actor_id, '-'), method, route) as line
           from audit.records where at >= $1 order by chain_id, sequence`,
        [since],
      )
    ).rows.map(({ line }) => line);
  return (count) =>
    eventually('records of the audit', async () => {
      const lines = await read();
      return lines.length >= count ? lines : undefined;
    });
}
