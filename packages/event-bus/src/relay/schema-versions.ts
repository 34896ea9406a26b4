import type { StoredEvent } from '@vienuviet/event-store';
import { readContracts, schemasFolder } from '@vienuviet/schemas';

let committed: ReadonlyMap<string, number> | undefined;

/** Version of the committed schema that an event was written with; 1 for a type that is not committed. */
export function committedVersion({ type, schemaId }: Pick<StoredEvent, 'type' | 'schemaId'>): number {
  committed ??= new Map(
    readContracts(schemasFolder).map((contract) => [`${contract.type}/${contract.id}`, contract.version]),
  );
  return committed.get(`${type}/${schemaId}`) ?? 1;
}
