/** What Kafka answers to who tries something: for tests of rights. */
import type kafkajs from 'kafkajs';

/** Kafka's name of an error, or of what caused it. */
export const typeOf = (error: unknown): string => {
  const { type, cause, message } = error as { type?: string; cause?: unknown; message?: string };
  return type ?? (cause === undefined ? String(message) : typeOf(cause));
};

/** Writes one message: `written`, or Kafka's name of why not. */
export async function tryToWrite(kafka: kafkajs.Kafka, topic: string): Promise<string> {
  const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] });
    return 'written';
  } catch (error) {
    return typeOf(error);
  } finally {
    await producer.disconnect();
  }
}
