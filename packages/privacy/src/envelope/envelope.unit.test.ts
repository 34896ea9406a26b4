import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testSubjectKey } from '../testing.ts';
import { isEnvelope, keyIdIn, open, type Place, seal } from './envelope.ts';

const key = testSubjectKey();
const place: Place = { within: randomBytes(16), field: 'person.name' };
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'opened';
};

describe('a sealed value', () => {
  test('opens in its place to the same text, whatever the text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constantFrom(
        '',
        'Ā',
        'Žanis Bērziņš',
        'ж',
        '\u0301',
        '\u202eright to left',
        '🙂'.repeat(3_000),
        '\u0080',
        '\0',
      ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const envelope = seal(key, place, text);
        expect(isEnvelope(envelope)).toBe(true);
        expect(open(key, place, envelope)).toBe(Buffer.from(text).toString());
      }),
    );
  });

  test('is never the same twice, and names the key that opens it', () => {
    const [one, other] = [seal(key, place, 'Anna'), seal(key, place, 'Anna')];
    expect(one.equals(other)).toBe(false);
    expect(keyIdIn(one)).toEqual(key.keyId);
  });

  test('does not tell the length of what people are called', () => {
    const lengths = ['', 'Ib', 'Anna', 'Bērziņa-Kalniņa'].map((text) => seal(key, place, text).length);
    expect(new Set(lengths).size).toBe(1);
  });

  test('holds nothing of the text', () => {
    const envelope = seal(key, place, 'Žanis Bērziņš');
    for (const part of ['Žanis', 'Bērz']) expect(envelope.includes(part)).toBe(false);
  });

  test.each([
    ['another event', { ...place, within: randomBytes(16) }, key],
    ['another field', { ...place, field: 'person.nam' }, key],
    ['the end of the person in the field', { ...place, field: '' }, key],
    ['another person under the same key', place, { ...key, subjectId: randomUUID() }],
    ['another key', place, { ...testSubjectKey(key.subjectId), keyId: key.keyId }],
    ['another key by its id', place, testSubjectKey(key.subjectId)],
  ])('does not open for %s', (_what, elsewhere, other) => {
    expect(codeOf(() => open(other, elsewhere, seal(key, place, 'Anna')))).toBe('envelope');
  });

  test('does not open when any of its bits was turned', () => {
    const envelope = seal(key, place, 'Anna');
    for (let at = 0; at < envelope.length; at++) {
      const altered = Buffer.from(envelope);
      altered[at]! ^= 1 << (at % 8);
      expect(codeOf(() => open(key, place, altered))).toBe('envelope');
    }
  });

  test('does not open when it was cut or lengthened', () => {
    const envelope = seal(key, place, 'Anna');
    for (const length of [0, 1, 44, envelope.length - 32, envelope.length - 1]) {
      expect(codeOf(() => open(key, place, envelope.subarray(0, length)))).toBe('envelope');
    }
    expect(codeOf(() => open(key, place, Buffer.concat([envelope, Buffer.alloc(32)])))).toBe('envelope');
  });

  test.each([[Buffer.from('Anna')], [Buffer.alloc(77)], ['Anna'], [null], [undefined]])('is not %s', (bytes) => {
    expect(isEnvelope(bytes)).toBe(false);
  });
});
