import { describe, expect, test } from 'vitest';
import { field, type Json, painted, paintedIn, slug, uuid } from '../testing/contracts.ts';
import type { Contract } from './contracts.ts';
import { giveIds } from './give-ids.ts';
import { type Lock, lockText, parseLock } from './lock.ts';

const v1 = painted([field('id', uuid)]);
const v2 = painted([field('id', uuid), field('it', ['null', slug], { default: null })]);
const given = (contract: Contract, lock: Lock) => giveIds({ byType: new Map([[contract.type, contract]]), lock });
const first = given(paintedIn(v1), []).lock;

describe('ids', () => {
  test('begin with 1 and go on with the next number', () => {
    expect(first).toMatchObject([{ id: 1, subject: 'lv.vienuviet.test.Painted', version: 1 }]);
    expect(given(paintedIn(v1, v2), first).lock).toMatchObject([
      { id: 1, version: 1 },
      { id: 2, version: 2 },
    ]);
  });

  test('are given once: a second run changes nothing', () => {
    const { lock, given: added, refusals } = given(paintedIn(v1), first);
    expect({ lock, added, refusals }).toEqual({ lock: first, added: [], refusals: [] });
  });

  test('go on behind the highest, wherever it stands', () => {
    const elsewhere = {
      id: 40,
      subject: 'lv.vienuviet.test.Painted',
      version: 9,
      identity: '',
      retired: true,
    } as const;
    expect(given(paintedIn(v1, v2), [elsewhere, ...first]).given).toMatchObject([{ id: 41, version: 2 }]);
  });

  test('stay with a schema whose words change', () => {
    const described: Json = { ...v1, doc: 'Somebody painted something.' };
    expect(given(paintedIn(described), first)).toMatchObject({ lock: first, refusals: [] });
  });

  test.each([
    {
      what: 'changed',
      contract: paintedIn(painted([field('id', slug)])),
      said: 'test/Painted/v1.avsc was changed: undo that and write the change as v2.avsc',
    },
    { what: 'gone', contract: { ...paintedIn(v1), versions: [] }, said: 'its file is gone' },
  ])('of a version whose file is $what are refused, and the lock stays as it is', ({ contract, said }) => {
    const { lock, refusals } = given(contract, first);
    expect(lock).toEqual(first);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(said);
  });

  test('of an experimental contract that changed are retired and never given again', () => {
    const changed = { ...paintedIn(painted([field('id', slug)])), experimental: true };
    const { lock, refusals } = given(changed, first);
    expect(refusals).toEqual([]);
    expect(lock).toMatchObject([
      { id: 1, retired: true },
      { id: 2, version: 1 },
    ]);
    expect(given({ ...changed, experimental: false }, lock).lock).toEqual(lock);
  });
});

describe('the lock as text', () => {
  test('reads back as it was', () => {
    expect(parseLock(lockText(first))).toEqual(first);
  });

  test.each([
    { what: 'an id twice', lock: [...first, ...first], said: 'gives an id twice' },
    { what: 'the id 0', lock: [{ ...first[0]!, id: 0 }], said: 'gives the id 0' },
    { what: 'an id that is no 32-bit number', lock: [{ ...first[0]!, id: 2 ** 31 }], said: 'gives the id 2147483648' },
  ])('with $what is refused', ({ lock, said }) => {
    expect(() => parseLock(lockText(lock))).toThrow(said);
  });
});
