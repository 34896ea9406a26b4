import { describe, expect, test } from 'vitest';
import { brokerError, type FakeCluster, fakeCluster } from '../testing/fake-cluster.ts';
import type { OutboundMessage } from '../types.ts';
import { createKafkaPublisher, producerSettings } from './kafka-publisher.ts';

const NOT_LEADER = 6;
const MESSAGE_TOO_LARGE = 10;
/** THROTTLING_QUOTA_EXCEEDED: newer than anything in kafkajs' list, so it becomes -99. */
const UNKNOWN_TO_KAFKAJS = 89;

const message = (partition: number, value: string): OutboundMessage => ({
  topic: 'case',
  partition,
  key: 'case-1',
  value: Buffer.from(value),
  headers: {},
});

const publisherOver = (
  cluster: FakeCluster,
  settings: { retries?: number; idempotent?: boolean } = producerSettings.retry,
) => {
  let made = 0;
  const publisher = createKafkaPublisher({
    brokers: ['127.0.0.1:1'],
    clientId: 'test',
    createProducer: () => {
      made++;
      return cluster.producer(settings);
    },
  });
  return { publisher, made: () => made };
};

/** The leader of partition 0 steps down to broker 2, which answers for partition 1 meanwhile. */
function failOver(cluster: FakeCluster): void {
  cluster.answers.set(1, [
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      cluster.leaders.set(0, 2);
      throw brokerError(NOT_LEADER);
    },
  ]);
}

describe('when a leadership moves in the middle of a send', () => {
  test('kafkajs with retries of its own reports success for a message that it never sent', async () => {
    const cluster = fakeCluster();
    failOver(cluster);
    const producer = cluster.producer({ retries: 5 });
    await producer.connect();
    const messages = [message(0, 'lost'), message(1, 'stored')].map(({ topic: _, ...rest }) => rest);
    await producer.sendBatch({ topicMessages: [{ topic: 'case', messages }] });
    expect(cluster.logs).toEqual(
      new Map([
        [0, []],
        [1, ['stored']],
      ]),
    );
  });

  test('the comparison of the answer with what was sent finds the loss, whatever the producer does', async () => {
    const cluster = fakeCluster();
    failOver(cluster);
    const { publisher } = publisherOver(cluster, { retries: 5 });
    await expect(publisher.publish([message(0, 'a'), message(1, 'b')])).rejects.toMatchObject({
      code: 'publish_failed',
    });
  });

  test('a send is tried once, fails, and goes through when it is repeated with a new producer', async () => {
    const cluster = fakeCluster();
    failOver(cluster);
    const { publisher, made } = publisherOver(cluster);
    const messages = [message(0, 'a'), message(1, 'b')];
    await expect(publisher.publish(messages)).rejects.toMatchObject({ code: 'publish_failed' });
    expect(cluster.calls.toSorted()).toEqual([1, 2]);
    await publisher.publish(messages);
    expect(made()).toBe(2);
    expect(cluster.logs.get(0)).toEqual(['a']);
    expect(cluster.logs.get(1)).toEqual(['b', 'b']);
  });
});

/** Broker 1 stores the next message, and its acknowledgement is lost. */
function loseAcknowledgement(cluster: FakeCluster): void {
  cluster.answers.set(1, [
    async (store) => {
      store();
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw Object.assign(new Error('request timed out'), { retriable: true });
    },
  ]);
}

describe('when an acknowledgement is lost', () => {
  test('kafkajs gives its number to another message, which an idempotent broker acknowledges and drops', async () => {
    const cluster = fakeCluster();
    loseAcknowledgement(cluster);
    const producer = cluster.producer({ idempotent: true, retries: 5 });
    await producer.connect();
    const send = (value: string) =>
      producer.send({ topic: 'case', messages: [{ partition: 0, value: Buffer.from(value) }] });
    await Promise.all([send('A'), send('B'), send('C')]);
    expect(cluster.logs.get(0)).not.toContain('B');
  });

  test.each([
    ['idempotent', { idempotent: true, retries: 5 }],
    ['as set up here', producerSettings.retry],
  ])('one send in flight keeps every message, in order (producer %s)', async (_, settings) => {
    const cluster = fakeCluster();
    loseAcknowledgement(cluster);
    const { publisher } = publisherOver(cluster, settings);
    let waiting = ['A', 'B', 'C'];
    while (waiting.length > 0) {
      // All at once, as if nobody waited; what was not acknowledged comes again.
      const results = await Promise.allSettled(waiting.map((value) => publisher.publish([message(0, value)])));
      waiting = waiting.filter((_value, i) => results[i]!.status === 'rejected');
    }
    expect([...new Set(cluster.logs.get(0))]).toEqual(['A', 'B', 'C']);
  });

  test('a send beside one under way is refused', async () => {
    const cluster = fakeCluster();
    const { publisher } = publisherOver(cluster);
    const first = publisher.publish([message(0, 'A')]);
    await expect(publisher.publish([message(0, 'B')])).rejects.toMatchObject({ code: 'publish_in_flight' });
    await first;
  });
});

describe('the producer', () => {
  test('does not try again by itself, whatever kafkajs calls retriable', async () => {
    const cluster = fakeCluster();
    cluster.answers.set(1, [async () => Promise.reject(brokerError(NOT_LEADER))]);
    const { publisher } = publisherOver(cluster);
    await expect(publisher.publish([message(0, 'a')])).rejects.toMatchObject({ code: 'publish_failed' });
    expect(cluster.calls).toEqual([1]);
  });

  test('stays after a clean refusal', async () => {
    const cluster = fakeCluster();
    cluster.answers.set(1, [async () => Promise.reject(brokerError(MESSAGE_TOO_LARGE))]);
    const { publisher, made } = publisherOver(cluster);
    await expect(publisher.publish([message(0, 'a')])).rejects.toMatchObject({ code: 'publish_refused' });
    await publisher.publish([message(0, 'b')]);
    expect(made()).toBe(1);
    expect(cluster.disconnected()).toBe(0);
  });

  test('is thrown away after an error code that kafkajs does not know', async () => {
    const cluster = fakeCluster();
    expect(brokerError(UNKNOWN_TO_KAFKAJS)).toMatchObject({ code: -99 });
    cluster.answers.set(1, [async () => Promise.reject(brokerError(UNKNOWN_TO_KAFKAJS))]);
    const { publisher, made } = publisherOver(cluster);
    await expect(publisher.publish([message(0, 'a')])).rejects.toMatchObject({ code: 'publish_failed' });
    await publisher.publish([message(0, 'a')]);
    expect(made()).toBe(2);
    expect(cluster.disconnected()).toBe(1);
  });

  test('is not asked when there is nothing to publish, or after close', async () => {
    const cluster = fakeCluster();
    const { publisher, made } = publisherOver(cluster);
    await publisher.publish([]);
    await publisher.close();
    await expect(publisher.publish([message(0, 'a')])).rejects.toMatchObject({ code: 'closed' });
    expect(made()).toBe(0);
  });
});
