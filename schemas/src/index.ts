import { createCodec, type EventCodec } from './codec.ts';
import { schemasFolder } from './folder.ts';
import type { EventMap } from './generated/events.ts';

export { createCodec, type EventCodec } from './codec.ts';
export { type Contract, readContracts } from './contract-files.ts';
export { SchemaError, type SchemaErrorCode } from './errors.ts';
export { schemasFolder } from './folder.ts';
export * from './generated/events.ts';
export { type Topic, topicOf, topics } from './topics.ts';

/** The codec of the committed contracts. */
export const codec: EventCodec = createCodec(schemasFolder);

/** Name of an event type that has a contract. */
export type EventType = keyof EventMap;

/** Events of the given types: `{ type, data }`, discriminated by type. */
export type EventOf<Type extends EventType> = {
  [One in Type]: { readonly type: One; readonly data: EventMap[One] };
}[Type];
