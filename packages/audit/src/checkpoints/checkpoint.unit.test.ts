import { generateKeyPairSync } from 'node:crypto';
import { codec, type EventMap } from '@vienuviet/schemas';
import { expect, test } from 'vitest';
import { type Checkpoint, checkpointFault, signCheckpoint, signedBytes } from './checkpoint.ts';
import { checkpointOf, eventOf } from './checkpoint-rows.ts';
import { derivedIndexKey, derivedSigningKey, publicKeyText, readPublicKey, readSigningKey } from './signing-key.ts';

const key = readSigningKey(derivedSigningKey('a secret', 'intake'));
const chain = { chainId: '00000000-0000-4000-8000-000000000001', sequence: 5, hash: 'a'.repeat(64) };
const checkpoint: Checkpoint = {
  ...{ service: 'intake', number: 2, previous: 'b'.repeat(64), signedAt: 1_700_000_000_000, chains: [chain] },
  closing: { until: 1_600_000_000_000, chains: [chain], checkpoint: { number: 1, hash: 'c'.repeat(64) } },
};

test('what is signed is the JSON that the file says', () => {
  const head = `["00000000-0000-4000-8000-000000000001",5,"${'a'.repeat(64)}"]`;
  expect(signedBytes(checkpoint).toString()).toBe(
    `["vienuviet.audit.checkpoint.1","intake",2,"${'b'.repeat(64)}",1700000000000,[${head}],` +
      `[1600000000000,[${head}],1,"${'c'.repeat(64)}"]]`,
  );
});

test('a signature holds for what was signed and nothing else, under the keys that are known', () => {
  const signed = signCheckpoint(checkpoint, key);
  const keys = new Map([[key.id, readPublicKey(publicKeyText(key))]]);
  expect(checkpointFault(signed, keys)).toBeUndefined();
  expect(checkpointFault(signed, new Map())).toContain('another key');
  expect(checkpointFault({ ...signed, service: 'identity' }, keys)).toContain('hash');
  const { hash } = signCheckpoint({ ...checkpoint, number: 3 }, key);
  expect(checkpointFault({ ...signed, number: 3, hash }, keys)).toContain('signature');
});

test('a copy that went through an event is the same', () => {
  for (const one of [checkpoint, { ...checkpoint, closing: null }]) {
    const signed = signCheckpoint(one, key);
    const { payload } = codec.encode('audit.CheckpointSigned', eventOf(signed));
    expect(checkpointOf(codec.decode(payload).data as EventMap['audit.CheckpointSigned'])).toEqual(signed);
  }
});

test('keys of a secret differ by name and kind; what is no key is refused without being repeated', () => {
  const texts = ['intake', 'identity'].flatMap((name) => [derivedSigningKey('s', name), derivedIndexKey('s', name)]);
  expect(new Set(texts).size).toBe(4);
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' });
  for (const text of ['', 'my secret', rsa.toString('base64')]) {
    expect(() => readSigningKey(text)).toThrow(expect.objectContaining({ code: 'key' }));
    expect(() => readSigningKey(text)).not.toThrow(/my secret/);
    expect(() => readPublicKey(text)).toThrow(expect.objectContaining({ code: 'key' }));
  }
});
