/** The contracts of all services: what events say, how they are written as bytes, and on which topic they travel. */
import { fileURLToPath } from 'node:url';
import { codecOf, type EventCodec } from './codec/codec.ts';
import { newestOf } from './contracts/contracts.ts';
import { readLockedContracts } from './contracts/locked-contracts.ts';
import { type SealedField, sealedFieldsOf } from './contracts/sealed-fields.ts';
import { SchemaError } from './errors.ts';
import type { EventMap } from './generated/events.ts';
import { readTopics, type Topic } from './topics.ts';

export { createCodec, type DecodedEvent, type EncodedEvent, type EventCodec, maximumPayload } from './codec/codec.ts';
export { candidateProblems, versionOf } from './compatibility/candidate.ts';
export {
  type Contract,
  type Contracts,
  contractOf,
  namespaceRoot,
  newestOf,
  readContracts,
  type SchemaVersion,
} from './contracts/contracts.ts';
export { type SealedField, sealedFieldsOf } from './contracts/sealed-fields.ts';
export { ContractError, SchemaError, type SchemaErrorCode, schemaErrorCodes } from './errors.ts';
export * from './generated/events.ts';
export type { Sealed, ToBeSealed } from './sealed.ts';
export { readTopics, type Topic } from './topics.ts';

/** Name of an event type that has a contract. */
export type EventType = keyof EventMap;

/** Events of the given types: `{ type, data }`, discriminated by type. */
export type EventOf<Type extends EventType = EventType> = {
  [One in Type]: { readonly type: One; readonly data: EventMap[One] };
}[Type];

/** The folder of the committed contracts. */
export const schemasFolder: string = fileURLToPath(new URL('..', import.meta.url));

/** The committed contracts; every file is the one that got its id. */
export const contracts = readLockedContracts(schemasFolder);

/** The codec of the committed contracts. */
export const codec: EventCodec = codecOf(contracts);

const sealedFieldsByType = new Map(
  [...contracts.byType.values()].map((contract) => [contract.type, sealedFieldsOf(newestOf(contract).schema)]),
);

/** The sealed fields of an event type of the committed contracts; none for one that nobody knows. */
export const sealedFields = (type: string): readonly SealedField[] => sealedFieldsByType.get(type) ?? [];

/** The topics of `topics.json`. */
export const topics: readonly Topic[] = readTopics(schemasFolder);

const topicsByType = Map.groupBy(
  topics.flatMap((topic) => topic.events.map((type) => ({ type, topic }))),
  ({ type }) => type,
);

/**
 * The topic that an event type is published on, by the service named where each service has one of its own for it
 * (checkpoints of the audit); undefined for one that stays local to its store. Throws `SchemaError` `unknown_type`.
 */
export function topicOf(type: string, service?: string): string | undefined {
  const found = topicsByType.get(type) ?? [];
  if (found.length === 0 && !contracts.byType.has(type)) {
    throw new SchemaError('unknown_type', `There is no event ${type}.`);
  }
  return (found.length > 1 ? found.find(({ topic }) => topic.owner === service) : found[0])?.topic.name;
}
