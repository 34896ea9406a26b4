import type { EventCodec, StoredEvent } from '@vienuviet/event-store';

/** A codec that knows its schemas by id, as that of `@vienuviet/schemas` does. */
interface KnowsSchemas {
  schemaOf(schemaId: number): { readonly version: number };
}

/** Tells the version of the schema that an event was written with; 1 where the codec knows no versions. */
export function schemaVersions(codec: EventCodec): (event: Pick<StoredEvent, 'schemaId'>) => number {
  const { schemaOf } = codec as EventCodec & Partial<KnowsSchemas>;
  return schemaOf === undefined ? () => 1 : ({ schemaId }) => schemaOf(schemaId).version;
}
