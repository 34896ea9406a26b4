import type { KeyObject } from 'node:crypto';
import { checkpointFault, type SignedCheckpoint } from '../checkpoints/checkpoint.ts';
import type { Fault } from './fault.ts';

/** A checkpoint beside its copy; one of them may be missing. */
export interface Both {
  readonly local: SignedCheckpoint | undefined;
  readonly copy: SignedCheckpoint | undefined;
}

/** Pairs checkpoints with their copies, both by their numbers. Copies up to `after`, and doubles, are passed over. */
export async function* pairs(
  locals: AsyncIterable<SignedCheckpoint>,
  copies: AsyncIterable<SignedCheckpoint> | Iterable<SignedCheckpoint>,
  after: number,
): AsyncGenerator<Both> {
  const copied = rising(copies, after);
  let copy = (await copied.next()).value;
  for await (const local of locals) {
    while (copy !== undefined && copy.number < local.number) {
      yield { local: undefined, copy };
      copy = (await copied.next()).value;
    }
    const own = copy?.number === local.number ? copy : undefined;
    yield { local, copy: own };
    if (own !== undefined) copy = (await copied.next()).value;
  }
  for (; copy !== undefined; copy = (await copied.next()).value) yield { local: undefined, copy };
}

/** A relay that was interrupted publishes again. */
async function* rising(
  copies: AsyncIterable<SignedCheckpoint> | Iterable<SignedCheckpoint>,
  after: number,
): AsyncGenerator<SignedCheckpoint, undefined> {
  let last = after;
  for await (const copy of copies) {
    if (copy.number <= last) continue;
    last = copy.number;
    yield copy;
  }
  return undefined;
}

/** Why a checkpoint does not follow the one before it, or is not what it says. */
export function faultOfPair(
  { local, copy }: Both,
  last: { readonly number: number; readonly hash: string },
  keys: ReadonlyMap<string, KeyObject>,
): Fault | undefined {
  const checkpoint = (local ?? copy)!;
  const { number, previous } = checkpoint;
  const altered = (why: string): Fault => ({ what: 'checkpoint_altered', checkpoint: number, why });
  if (number > last.number + 1) return { what: 'checkpoint_removed', checkpoint: last.number + 1 };
  if (number <= last.number) return altered('there is a second one with its number');
  const why = checkpointFault(checkpoint, keys);
  if (why !== undefined) return altered(why);
  if (local !== undefined && copy !== undefined && local.hash !== copy.hash) {
    return altered('its copy elsewhere says something else');
  }
  return previous === last.hash ? undefined : altered('it does not follow the one before');
}
