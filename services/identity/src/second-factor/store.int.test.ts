import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSeal } from '../keys/sealing.ts';
import { identityMigrations } from '../migrations.ts';
import { openSecondFactors, type SecondFactors } from './store.ts';

let database: TestDatabase;
let factors: SecondFactors;
beforeAll(async () => {
  database = await testDatabase({ service: 'identity', sets: [identityMigrations] });
  factors = openSecondFactors(database.pool('writer'), createSeal('a seal secret of at least 32 characters', 'test'));
});
afterAll(() => database?.drop());
beforeEach(() => database.pool('owner').query('delete from identity.second_factor'));

test('a sign-in confirms the secret that it was shown, and none that another one was shown since', async () => {
  await factors.show('anna', 'first', () => 'ONE');
  await factors.show('anna', 'second', () => 'TWO');
  expect(await factors.shown('anna', 'first')).toBeUndefined();
  expect(await factors.confirm('anna', 'first', 1)).toBe(false);
  expect(await factors.find('anna')).toBeUndefined();
  expect(await factors.confirm('anna', 'second', 1)).toBe(true);
  expect(await factors.find('anna')).toBe('TWO');
});

test('a confirmed secret is shown to nobody, and confirmed no second time', async () => {
  await factors.show('anna', 'first', () => 'ONE');
  expect(await factors.confirm('anna', 'first', 1)).toBe(true);
  expect(await factors.show('anna', 'second', () => 'TWO')).toBeUndefined();
  expect(await factors.confirm('anna', 'first', 2)).toBe(false);
  expect(await factors.find('anna')).toBe('ONE');
});

test('a code is used once: neither its period nor an earlier one comes again, nor that of the confirmation', async () => {
  await factors.show('anna', 'first', () => 'ONE');
  await factors.confirm('anna', 'first', 10);
  expect(await Promise.all([9, 10].map((step) => factors.use('anna', step)))).toEqual([false, false]);
  const atOnce = await Promise.all([11, 11, 11].map((step) => factors.use('anna', step)));
  expect(atOnce.filter(Boolean)).toHaveLength(1);
});
