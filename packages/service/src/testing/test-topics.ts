import { ensureTopics, topicPlans } from '@vienuviet/infra-local';
import { testInfrastructure } from '@vienuviet/testing';
import kafkajs from 'kafkajs';

/** Makes the topics of the platform under a prefix of the test's own. Returns a function that deletes them. */
export async function testTopics(prefix: string): Promise<() => Promise<void>> {
  const { kafkaBrokers } = testInfrastructure();
  const topics = topicPlans(prefix);
  await ensureTopics({ brokers: kafkaBrokers, topics });
  return async () => {
    const kafka = new kafkajs.Kafka({
      clientId: 'test-topics',
      brokers: [...kafkaBrokers],
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: topics.map(({ name }) => name) });
    await admin.disconnect();
  };
}
