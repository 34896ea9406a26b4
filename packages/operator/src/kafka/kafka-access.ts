/** Kafka itself, for the two commands that read it directly: topics and events. */
import { type KafkaConnection, kafkaSsl } from '@vienuviet/event-bus';
import type { Endpoints } from '@vienuviet/simulation/platform';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';

const clientId = 'vienuviet-operator';

export interface KafkaPlace {
  readonly brokers: readonly string[];
  /** Put before the names of topics and groups where a broker is shared. */
  readonly prefix: string;
  readonly ssl?: NonNullable<KafkaConnection['ssl']>;
}

export const kafkaPlaceOf = (endpoints: Endpoints): KafkaPlace => ({
  brokers: endpoints.kafka.split(','),
  prefix: endpoints.topicPrefix ?? '',
  ...(endpoints.kafkaOperator === undefined ? {} : { ssl: kafkaSsl(endpoints.kafkaOperator) }),
});

const createKafka = ({ brokers, ssl }: KafkaPlace): Kafka =>
  new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    ...(ssl === undefined ? {} : { ssl }),
    connectionTimeout: 3_000,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 2 },
  });

/** Works with an administrator's connection, and closes it afterwards. */
export async function withAdmin<Result>(place: KafkaPlace, work: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = createKafka(place).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
