import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../testing/until.ts';
import type { EventSubscriber, InboundMessage, Subscription } from '../types.ts';

/** An adapter under test, on a real broker. */
export interface SubscriberUnderTest {
  readonly subscriber: EventSubscriber;
  /** Another subscriber of the same kind, as another process would have. */
  another(): EventSubscriber;
  createTopic(partitions: number): Promise<string>;
  /** Puts a text on a partition by other means than the adapter. */
  write(topic: string, partition: number, texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A consumer as small as can be: what it read, and where it is, by partition. */
function recorder(topics: readonly string[], group: string = randomUUID()) {
  const read = new Map<number, string[]>();
  const positions = new Map<number, bigint>();
  const asked: number[] = [];
  const subscription: Subscription = {
    group,
    topics,
    async startAt(_topic, partition) {
      asked.push(partition);
      return positions.get(partition) ?? 0n;
    },
    async onBatch(batch) {
      for (const message of batch.messages) note(message);
    },
  };
  const note = ({ partition, offset, value }: InboundMessage): void => {
    const texts = read.get(partition) ?? [];
    read.set(partition, texts);
    texts.push(value!.toString());
    positions.set(partition, offset + 1n);
  };
  return { subscription, read, positions, asked, note };
}

const numbered = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

/** What every `EventSubscriber` must do; run by each adapter's tests. */
export function describeSubscriberContract(name: string, makeAdapter: () => Promise<SubscriberUnderTest>): void {
  describe(`subscriber contract: ${name}`, () => {
    let adapter: SubscriberUnderTest;
    beforeAll(async () => {
      adapter = await makeAdapter();
    });
    afterAll(() => adapter.close());

    test('gives every message of a partition in order, each once', async () => {
      const topic = await adapter.createTopic(2);
      await adapter.write(topic, 0, numbered(0, 500));
      await adapter.write(topic, 1, numbered(1_000, 1_500));
      const { subscription, read } = recorder([topic]);
      const running = await adapter.subscriber.subscribe(subscription);
      await until(() => read.get(0)?.length === 500 && read.get(1)?.length === 500);
      await adapter.write(topic, 0, numbered(500, 600));
      await until(() => read.get(0)?.length === 600);
      await running.stop();
      expect(read.get(0)).toEqual(numbered(0, 600));
      expect(read.get(1)).toEqual(numbered(1_000, 1_500));
    });

    test('starts where the subscription says, whatever the broker remembers of the group', async () => {
      const topic = await adapter.createTopic(1);
      await adapter.write(topic, 0, numbered(0, 100));
      const first = recorder([topic], 'the-same-group');
      const running = await adapter.subscriber.subscribe(first.subscription);
      await until(() => first.read.get(0)?.length === 100);
      await running.stop();
      const second = recorder([topic], 'the-same-group');
      second.positions.set(0, 40n);
      const again = await adapter.subscriber.subscribe(second.subscription);
      await until(() => second.read.get(0)?.length === 60);
      await again.stop();
      expect(second.read.get(0)).toEqual(numbered(40, 100));
    });

    test('tells what the messages are: topic, partition, key, headers, time and how far the partition goes', async () => {
      const topic = await adapter.createTopic(1);
      await adapter.write(topic, 0, ['first', 'second']);
      const seen: InboundMessage[] = [];
      let end = 0n;
      const { subscription } = recorder([topic]);
      const running = await adapter.subscriber.subscribe({
        ...subscription,
        async onBatch(batch) {
          seen.push(...batch.messages);
          end = batch.highWatermark;
        },
      });
      await until(() => seen.length === 2);
      await running.stop();
      expect(end).toBe(2n);
      expect(seen[0]).toMatchObject({ topic, partition: 0, offset: 0n, key: 'case-0', headers: { ce_id: 'first' } });
      expect(Math.abs(Date.now() - seen[0]!.timestamp.getTime())).toBeLessThan(60_000);
    });

    test('gives a batch again when it was not handled, after asking where to start; nothing is skipped', async () => {
      const topic = await adapter.createTopic(1);
      await adapter.write(topic, 0, numbered(0, 50));
      const { subscription, read, note, asked } = recorder([topic]);
      let failures = 0;
      const running = await adapter.subscriber.subscribe({
        ...subscription,
        async onBatch(batch) {
          for (const message of batch.messages) {
            if (message.offset === 20n && failures < 3) {
              failures++;
              throw new Error('the database is away');
            }
            note(message);
          }
        },
      });
      await until(() => read.get(0)?.length === 50);
      await running.stop();
      expect(read.get(0)).toEqual(numbered(0, 50));
      expect(failures).toBe(3);
      expect(asked.length).toBeGreaterThanOrEqual(4);
    });

    test('lets other partitions flow while one is in trouble', async () => {
      const topic = await adapter.createTopic(2);
      await adapter.write(topic, 0, ['poison']);
      await adapter.write(topic, 1, numbered(0, 10));
      const { subscription, read, note } = recorder([topic]);
      const running = await adapter.subscriber.subscribe({
        ...subscription,
        async onBatch(batch) {
          if (batch.partition === 0) throw new Error('not this one');
          for (const message of batch.messages) note(message);
        },
      });
      await until(() => read.get(1)?.length === 10);
      await adapter.write(topic, 1, numbered(10, 20));
      await until(() => read.get(1)?.length === 20);
      await running.stop();
    });

    test('asks again when the start cannot be told yet', async () => {
      const topic = await adapter.createTopic(1);
      await adapter.write(topic, 0, ['a']);
      const { subscription, read } = recorder([topic]);
      const errors: unknown[] = [];
      let refusals = 2;
      const running = await adapter.subscriber.subscribe({
        ...subscription,
        async startAt() {
          if (refusals-- > 0) throw new Error('the database is away');
          return 0n;
        },
        onError: (error) => errors.push(error),
      });
      await until(() => read.get(0)?.length === 1);
      await running.stop();
      expect(errors.length).toBeGreaterThanOrEqual(2);
    });

    test('refuses to start beyond what the broker holds, instead of jumping', async () => {
      const topic = await adapter.createTopic(1);
      await adapter.write(topic, 0, numbered(0, 3));
      const { subscription, read, positions } = recorder([topic]);
      positions.set(0, 1_000n);
      const errors: { code?: string }[] = [];
      const running = await adapter.subscriber.subscribe({
        ...subscription,
        onError: (error) => errors.push(error as { code?: string }),
      });
      await until(() => errors.some(({ code }) => code === 'offset_out_of_range'));
      await running.stop();
      expect(read.size).toBe(0);
    });

    test('shares partitions out among members, and hands over what one leaves where it left it', async () => {
      const topic = await adapter.createTopic(4);
      const group = randomUUID();
      const shared = recorder([topic], group);
      const another = adapter.another();
      let assignedHere = 4;
      let assignedThere = 0;
      const here = await adapter.subscriber.subscribe({
        ...shared.subscription,
        onAssigned: (partitions) => {
          assignedHere = partitions.length;
        },
      });
      for (let p = 0; p < 4; p++) await adapter.write(topic, p, numbered(0, 20));
      await until(() => [0, 1, 2, 3].every((p) => shared.read.get(p)?.length === 20));
      const there = await another.subscribe({
        ...shared.subscription,
        onAssigned: (partitions) => {
          assignedThere = partitions.length;
        },
      });
      await until(() => assignedHere === 2 && assignedThere === 2, 30_000);
      for (let p = 0; p < 4; p++) await adapter.write(topic, p, numbered(20, 40));
      await until(() => [0, 1, 2, 3].every((p) => shared.read.get(p)?.length === 40));
      await there.stop();
      for (let p = 0; p < 4; p++) await adapter.write(topic, p, numbered(40, 60));
      await until(() => [0, 1, 2, 3].every((p) => shared.read.get(p)?.length === 60), 30_000);
      await here.stop();
      await another.close();
      for (let p = 0; p < 4; p++) expect(shared.read.get(p)).toEqual(numbered(0, 60));
    }, 90_000);

    test('gives nothing any more once it has stopped', async () => {
      const topic = await adapter.createTopic(1);
      const { subscription, read } = recorder([topic]);
      const running = await adapter.subscriber.subscribe(subscription);
      await adapter.write(topic, 0, ['before']);
      await until(() => read.get(0)?.length === 1);
      await running.stop();
      await adapter.write(topic, 0, ['after']);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(read.get(0)).toEqual(['before']);
    });

    test('knows the cluster and what it holds', async () => {
      const topic = await adapter.createTopic(2);
      await adapter.write(topic, 1, ['a', 'b']);
      expect(await adapter.subscriber.clusterId()).toBe(await adapter.another().clusterId());
      expect(await adapter.subscriber.ranges(topic)).toEqual([
        { partition: 0, low: 0n, high: 0n },
        { partition: 1, low: 0n, high: 2n },
      ]);
      await expect(adapter.subscriber.ranges('no.such.topic')).rejects.toMatchObject({ code: 'unknown_topic' });
    });
  });
}
