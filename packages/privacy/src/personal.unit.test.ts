import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { open } from './envelope/envelope.ts';
import { Personal } from './personal.ts';
import { testSubjectKey } from './testing.ts';

const key = testSubjectKey();
const name = new Personal(key, 'Žanis Bērziņš');

test('a personal text is sealed for its place', () => {
  const place = { within: randomBytes(16), field: 'name' };
  expect(open(key, place, name.sealedFor(place))).toBe('Žanis Bērziņš');
});

test('a personal text shows itself to nobody', () => {
  const ways = [
    String(name),
    `${name}`,
    JSON.stringify({ name }),
    inspect({ deep: [name] }, { depth: 9, showHidden: true }),
    Object.values(name).join(),
    JSON.stringify(Object.getOwnPropertyDescriptors(name)),
    String(new Error('failed', { cause: name }).cause),
    inspect(structuredCloneOf(name)),
  ];
  for (const way of ways) expect(way).not.toMatch(/anis|rzi/);
});

const structuredCloneOf = (value: unknown): unknown => structuredClone(value);
