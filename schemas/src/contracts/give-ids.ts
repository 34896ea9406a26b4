import type { Contract, Contracts } from './contracts.ts';
import type { Lock, LockEntry } from './lock.ts';

/** What came of giving ids: the lock as it should be, and what stands against it. */
export interface GivenIds {
  readonly lock: Lock;
  /** Entries that are new. */
  readonly given: readonly LockEntry[];
  /** Versions that a file changed or left behind: never repaired, only told. */
  readonly refusals: readonly string[];
}

/**
 * Gives the next numbers to versions that have none. A version that has one keeps it for ever: when its file says
 * something else now, or is gone, that is refused. An experimental contract may change: its new form gets a new id, and
 * the old id is retired, never to be given again.
 */
export function giveIds({ byType, lock }: Pick<Contracts, 'byType' | 'lock'>): GivenIds {
  const bySubject = new Map([...byType.values()].map((contract) => [contract.subject, contract]));
  const refusals: string[] = [];
  const kept = lock.map((entry): LockEntry => {
    if (entry.retired) return entry;
    const contract = bySubject.get(entry.subject);
    const fault = faultOf(entry, contract);
    if (fault === undefined) return entry;
    if (contract?.experimental) return { ...entry, retired: true };
    refusals.push(`${entry.subject} v${entry.version} (id ${entry.id}): ${fault}`);
    return entry;
  });
  const inUse = new Set(kept.filter(({ retired }) => !retired).map(({ subject, version }) => `${subject} ${version}`));
  let lastId = Math.max(0, ...lock.map(({ id }) => id));
  const given = [...byType.values()]
    .flatMap(({ versions }) => versions)
    .filter(({ subject, version }) => !inUse.has(`${subject} ${version}`))
    .map(({ subject, version, identity }): LockEntry => ({ id: ++lastId, subject, version, identity }));
  return { lock: [...kept, ...given], given, refusals };
}

function faultOf({ version, identity }: LockEntry, contract: Contract | undefined): string | undefined {
  const now = contract?.versions.find((one) => one.version === version);
  if (now === undefined) return 'its file is gone; events written with it are stored for ever: bring it back';
  if (now.identity === identity) return undefined;
  return `${now.file} was changed: undo that and write the change as v${contract!.versions.length + 1}.avsc`;
}
