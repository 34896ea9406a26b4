import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interleave, seededChance } from './shuffle.ts';

const partitions = fc.array(fc.array(fc.nat(), { maxLength: 60 }), { maxLength: 8 });

test('an interleaving has everything once, and each partition in its order', () => {
  fc.assert(
    fc.property(partitions, fc.integer(), (lists, seed) => {
      const marked = lists.map((list, partition) => list.map((value, at) => ({ partition, at, value })));
      const flat = interleave(marked, seededChance(seed));
      expect(flat).toHaveLength(lists.flat().length);
      marked.forEach((list, partition) => {
        expect(flat.filter((item) => item.partition === partition)).toEqual(list);
      });
    }),
  );
});

test('the same seed gives the same order, another seed another', () => {
  const lists = [Array.from({ length: 50 }, (_, i) => `a${i}`), Array.from({ length: 50 }, (_, i) => `b${i}`)];
  const order = (seed: number) => interleave(lists, seededChance(seed)).join();
  expect(order(7)).toBe(order(7));
  expect(order(7)).not.toBe(order(8));
});
