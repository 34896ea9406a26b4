import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { keysAtMoment, type ScheduledKey } from './schedule.ts';
import { createSeal } from './sealing.ts';
import { makeKeyPair, readKeyPair } from './signing-key.ts';

describe('a key pair', () => {
  test('keeps its private part to itself', async () => {
    const { publicJwk } = await makeKeyPair();
    expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  test('of another kind is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
    for (const key of [privateKey, publicKey]) {
      await expect(readKeyPair(await exportJWK(key))).rejects.toMatchObject({ code: 'signing_key' });
    }
  });
});

describe('a sealed key', () => {
  const seal = createSeal('a secret of at least thirty-two characters');

  test('opens with the secret that it was sealed with, under its own name', () => {
    expect(seal.open(seal.seal('private', 'kid-1'), 'kid-1')).toBe('private');
  });

  test.each([
    ['with another secret', () => createSeal('another secret of thirty-two characters').open(seal.seal('x', 'k'), 'k')],
    ['under another name', () => seal.open(seal.seal('x', 'kid-1'), 'kid-2')],
    [
      'when a byte of it was changed',
      () => {
        const sealed = seal.seal('x', 'k');
        sealed[sealed.length - 1]! ^= 1;
        return seal.open(sealed, 'k');
      },
    ],
    ['when it was cut short', () => seal.open(seal.seal('x', 'k').subarray(0, 20), 'k')],
  ])('does not open %s', (_name, open) => {
    expect(open).toThrow(expect.objectContaining({ code: 'signing_key' }));
  });

  test('needs a secret that is long enough', () => {
    expect(() => createSeal('short')).toThrow(expect.objectContaining({ code: 'settings' }));
  });
});

describe('which key signs', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const key = (kid: string, from: number, until?: number): ScheduledKey => ({
    ...{ kid, privateJwk: {}, publicJwk: {}, signsFrom: at(from) },
    publishedUntil: until === undefined ? undefined : at(until),
  });
  const keys = [key('old', 0, 90), key('next', 15)];
  const told = (minute: number) => {
    const { signing, published } = keysAtMoment(keys, at(minute));
    return `${signing.kid}: ${published.map(({ kid }) => kid).join(' ')}`;
  };

  test('follows from the clock: a next key is published before it signs, the old one until its tokens are over', () => {
    expect([1, 14, 15, 89, 90].map(told)).toEqual([
      'old: old next',
      'old: old next',
      'next: next old',
      'next: next old',
      'next: next',
    ]);
  });

  test('is the first one for a clock that is behind it', () => {
    expect(told(-1)).toBe('old: old next');
  });
});
