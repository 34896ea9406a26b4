import { createKafkaPublisher, eventBusMigrations, startRelay } from '@vienuviet/event-bus';
import { createEventStore, type EventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { codec, topicOf } from '@vienuviet/schemas';
import { type StreamHistory, testDatabase, testInfrastructure } from '@vienuviet/testing';

/** Another service as far as the bus is concerned: a store of its own and a relay. */
export interface EventSource {
  readonly store: EventStore;
  /** Appends events to a stream, wherever it is. Answers the version written. */
  append(streamId: string, ...events: readonly { readonly type: string; readonly data: object }[]): Promise<number>;
  /** Appends whole histories, each in one append. */
  play(histories: readonly StreamHistory[]): Promise<void>;
  drop(): Promise<void>;
}

/** Stands in for the service that writes what the service under test reads. */
export async function testEventSource({ prefix, service }: { prefix: string; service: string }): Promise<EventSource> {
  const database = await testDatabase({ sets: [eventStoreMigrations, eventBusMigrations] });
  const pool = database.pool('writer');
  const store = await createEventStore({ pool, codec });
  const publisher = createKafkaPublisher({
    brokers: testInfrastructure().kafkaBrokers,
    clientId: `test-${service}`,
    topicPrefix: prefix,
  });
  const relay = startRelay({ pool, store, publisher, source: `/services/${service}`, topicOf });
  const append: EventSource['append'] = async (streamId, ...events) => {
    const streamType = streamId.slice(0, streamId.indexOf('-'));
    const result = await store.append({ streams: [{ streamId, streamType, expectedVersion: 'any', events }] });
    if (result.outcome !== 'appended') throw new Error(`the append was not accepted: ${result.outcome}`);
    return result.streams[0]!.version;
  };
  return {
    store,
    append,
    async play(histories) {
      await Promise.all(histories.map(({ streamId, events }) => append(streamId, ...events)));
    },
    async drop() {
      await relay.stop();
      await publisher.close();
      await store.close();
      await database.drop();
    },
  };
}
