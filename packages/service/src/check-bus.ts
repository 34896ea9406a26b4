import { BusError, checkBroker, checkTopics, type KafkaConnection, type TopicSettings } from '@vienuviet/event-bus';
import type { Log } from '@vienuviet/telemetry';

export interface BusCheck {
  /** Throws when the broker or a topic was refused. */
  refusal(): void;
  stop(): void;
}

const AGAIN_MS = 5_000;
const refusals = new Set<string>(['broker_too_new_or_old', 'topics_differ']);

/**
 * Compares the broker and the topics with what this service needs. A refusal at start is thrown; while Kafka cannot
 * be reached the service starts all the same, and the comparison is made when it can be.
 */
export async function checkBus(
  connection: KafkaConnection,
  topics: readonly TopicSettings[],
  log: Log,
): Promise<BusCheck> {
  let refused: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const check = async (): Promise<void> => {
    try {
      await checkBroker(connection);
      await checkTopics(connection, topics);
    } catch (error) {
      if (error instanceof BusError && refusals.has(error.code)) throw error;
      log.warn({ err: error }, 'Kafka cannot be reached; commands are taken, events wait in the store');
      if (!stopped) timer = setTimeout(later, AGAIN_MS).unref();
    }
  };
  const later = (): void => {
    check().catch((error: Error) => {
      refused = error;
      log.error({ err: error }, 'Kafka is not as this service needs it');
    });
  };

  await check();
  return {
    refusal() {
      if (refused !== undefined) throw refused;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
