import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

const kafkajsMurmur2 = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2') as (
  key: Buffer,
) => number;

describe('murmur2', () => {
  // UtilsTest.testMurmur2 of Apache Kafka.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('gives the Java client’s hash of %s', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  test('agrees with kafkajs on keys of every length and script', () => {
    for (let length = 0; length < 70; length++) {
      const key = Buffer.from('pakalpojuma gadījums № 1 · 服务 · ėęšž'.repeat(3)).subarray(0, length);
      expect(murmur2(key)).toBe(kafkajsMurmur2(key));
    }
  });
});

test('a key stays in its partition, and partitions are from 0 to count - 1', () => {
  expect(partitionOf('case-7b0c7a0c-0f0e-4f5e-9d5a-111111111111', 12)).toBe(
    partitionOf('case-7b0c7a0c-0f0e-4f5e-9d5a-111111111111', 12),
  );
  const counts = new Array<number>(12).fill(0);
  for (let i = 0; i < 12_000; i++) counts[partitionOf(`case-${i}`, 12)]!++;
  for (const count of counts) expect(count).toBeGreaterThan(800);
});
