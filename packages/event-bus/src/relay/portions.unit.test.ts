import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutboundMessage } from '../types.ts';
import { portionsOf } from './portions.ts';

const message = (partition: number, bytes: number): OutboundMessage => ({
  topic: 'parcel',
  partition,
  key: 'parcel-1',
  value: Buffer.alloc(bytes),
  headers: { ce_id: '1' },
});

const bytesOf = (portion: readonly OutboundMessage[], partition: number): number =>
  portion.filter((one) => one.partition === partition).reduce((sum, { value }) => sum + value.length, 0);

describe('messages of the relay', () => {
  test('go together when they are small', () => {
    const messages = Array.from({ length: 500 }, (_, index) => message(index % 3, 300));
    expect(portionsOf(messages)).toEqual([messages]);
  });

  test('are cut where a partition would get more than a broker takes, not where all together do', () => {
    const [one, two, three] = [message(0, 400_000), message(1, 400_000), message(0, 400_000)];
    expect(portionsOf([one, two, three])).toEqual([[one, two, three]]);
    const four = message(0, 400_000);
    expect(portionsOf([one, two, three, four])).toEqual([[one, two, three], [four]]);
  });

  test('keep their order, all of them, and fit; one that is too large by itself goes alone', () => {
    const some = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 1_500 })));
    fc.assert(
      fc.property(some, (sizes) => {
        const messages = sizes.map(([partition, bytes]) => message(partition, bytes));
        const portions = portionsOf(messages, 1_000);
        expect(portions.flat()).toEqual(messages);
        for (const portion of portions.filter(({ length }) => length > 1)) {
          // The first of a portion may be too large by itself; nothing else joins its partition.
          const first = portion[0]!;
          for (const partition of [0, 1, 2]) {
            const alone = partition === first.partition && bytesOf(portion, partition) === first.value.length;
            if (!alone) expect(bytesOf(portion, partition)).toBeLessThanOrEqual(1_000);
          }
        }
      }),
    );
  });
});
