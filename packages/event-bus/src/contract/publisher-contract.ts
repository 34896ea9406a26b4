import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partitionOf } from '../kafka/partition-of.ts';
import type { EventPublisher, OutboundMessage } from '../types.ts';

/** What a message looks like to somebody else who reads the topic. */
export interface StoredMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** An adapter under test, on a real broker. */
export interface PublisherUnderTest {
  readonly publisher: EventPublisher;
  /** Another publisher of the same kind. */
  another(): EventPublisher;
  /** Makes a topic of the test's own and returns its name. */
  createTopic(partitions: number): Promise<string>;
  /** All messages of a topic, by partition in order, read by other means than the adapter. */
  read(topic: string): Promise<StoredMessage[]>;
  close(): Promise<void>;
}

const message = (topic: string, partition: number, text: string): OutboundMessage => ({
  topic,
  partition,
  key: `case-${partition}`,
  value: Buffer.from(text),
  headers: { ce_id: text, ce_source: '/services/tests' },
});

/** What every `EventPublisher` must do; run by each adapter's tests. */
export function describePublisherContract(name: string, makeAdapter: () => Promise<PublisherUnderTest>): void {
  describe(`publisher contract: ${name}`, () => {
    let adapter: PublisherUnderTest;
    beforeAll(async () => {
      adapter = await makeAdapter();
    });
    afterAll(() => adapter.close());

    test('stores every message once, in order, with key, value, headers and the partition asked for', async () => {
      const topic = await adapter.createTopic(3);
      const sent: OutboundMessage[] = [];
      for (let batch = 0; batch < 5; batch++) {
        const messages = Array.from({ length: 60 }, (_, i) => message(topic, i % 3, `${batch}-${i}`));
        await adapter.publisher.publish(messages);
        sent.push(...messages);
      }
      const byPartition = sent.toSorted((a, b) => a.partition - b.partition);
      expect(await adapter.read(topic)).toEqual(byPartition.map(({ topic: _, ...rest }) => rest));
    });

    test('keeps what is published over several topics apart', async () => {
      const [one, other] = [await adapter.createTopic(1), await adapter.createTopic(1)];
      await adapter.publisher.publish([message(one, 0, 'a'), message(other, 0, 'b'), message(one, 0, 'c')]);
      expect((await adapter.read(one)).map(({ value }) => value.toString())).toEqual(['a', 'c']);
      expect((await adapter.read(other)).map(({ value }) => value.toString())).toEqual(['b']);
    });

    test('keeps values byte for byte, empty and large ones too', async () => {
      const topic = await adapter.createTopic(1);
      const values = [Buffer.alloc(0), Buffer.from([0, 0, 0, 0, 1, 255, 10, 13]), Buffer.alloc(700_000, 7)];
      await adapter.publisher.publish(values.map((value) => ({ ...message(topic, 0, 'x'), value })));
      expect((await adapter.read(topic)).map(({ value }) => value)).toEqual(values);
    });

    test('does nothing for no messages', async () => {
      await adapter.publisher.publish([]);
    });

    test('refuses a second publish while one is under way', async () => {
      const topic = await adapter.createTopic(1);
      const first = adapter.publisher.publish([message(topic, 0, 'first')]);
      await expect(adapter.publisher.publish([message(topic, 0, 'second')])).rejects.toMatchObject({
        code: 'publish_in_flight',
      });
      await first;
      await adapter.publisher.publish([message(topic, 0, 'third')]);
      expect((await adapter.read(topic)).map(({ value }) => value.toString())).toEqual(['first', 'third']);
    });

    test('tells the number of partitions of a topic, for which keys have a place', async () => {
      const topic = await adapter.createTopic(5);
      expect(await adapter.publisher.partitions(topic)).toBe(5);
      expect(partitionOf('case-1', 5)).toBeLessThan(5);
    });

    test('says so when there is no such topic, and makes none', async () => {
      await expect(adapter.publisher.partitions('no.such.topic')).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(adapter.publisher.publish([message('no.such.topic', 0, 'x')])).rejects.toMatchObject({
        code: 'publish_failed',
      });
      await expect(adapter.publisher.partitions('no.such.topic')).rejects.toMatchObject({ code: 'unknown_topic' });
    });

    test('goes on after a message that the broker refuses', async () => {
      const topic = await adapter.createTopic(1);
      const large = { ...message(topic, 0, 'large'), value: Buffer.alloc(3 * 1024 * 1024) };
      await expect(adapter.publisher.publish([large])).rejects.toMatchObject({ code: 'publish_refused' });
      await adapter.publisher.publish([message(topic, 0, 'small')]);
      expect((await adapter.read(topic)).map(({ value }) => value.toString())).toEqual(['small']);
    });

    test('refuses everything after close', async () => {
      const topic = await adapter.createTopic(1);
      const publisher = adapter.another();
      await publisher.publish([message(topic, 0, 'before')]);
      await publisher.close();
      await expect(publisher.publish([message(topic, 0, 'after')])).rejects.toMatchObject({ code: 'closed' });
      await publisher.close();
      expect((await adapter.read(topic)).map(({ value }) => value.toString())).toEqual(['before']);
    });
  });
}
