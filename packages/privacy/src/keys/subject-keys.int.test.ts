import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, type SubjectKey, seal } from '../envelope/envelope.ts';
import { subjectKeyMigrations } from '../migrations.ts';
import { wrappingKeyRing } from '../wrapping/key-ring.ts';
import { withNewKey, withoutOldKeys } from '../wrapping/wrapping-keys.ts';
import { createSubjectKeys, type KeyOfSubject } from './subject-keys.ts';
import { checkWrappingKeys, wrapAnew, wrappingProgress } from './wrap-anew.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase({ service: 'privacy-test', sets: [subjectKeyMigrations] });
  folder = mkdtempSync(join(tmpdir(), 'privacy-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const place = { within: randomBytes(16), field: 'name' };
const found = (key: KeyOfSubject | undefined): SubjectKey => {
  if (key === undefined || key === 'erased') throw new Error(`no key but ${key}`);
  return key;
};

/** A file of wrapping keys of its own, and as many instances of the service as are asked for. */
function keysOf(name: string) {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, withNewKey(undefined, name));
  const pool = database.pool('writer');
  return {
    ...{ file, pool },
    change: (work: (text: string) => string) => writeFileSync(file, work(readFileSync(file, 'utf8'))),
    instance: () => {
      const ring = wrappingKeyRing(file);
      return { ring, keys: createSubjectKeys({ pool, ring }) };
    },
  };
}

describe('the key of a person', () => {
  test('is made once, however many instances want it at once', async () => {
    const { instance } = keysOf('once');
    const subjectId = randomUUID();
    const made = await Promise.all(
      Array.from({ length: 8 }, async () =>
        found((await instance().keys.ensure([subjectId, subjectId])).get(subjectId)),
      ),
    );
    const envelope = seal(made[0]!, place, 'Anna');
    for (const key of made) expect(open(key, place, envelope)).toBe('Anna');
  });

  test('is not made by looking for it', async () => {
    const { instance } = keysOf('looking');
    const { keys } = instance();
    const subjectId = randomUUID();
    expect(await keys.find([subjectId])).toEqual(new Map());
    expect((await keys.ensure([])).size).toBe(0);
    const own = found((await keys.ensure([subjectId])).get(subjectId));
    expect((await instance().keys.find([subjectId])).get(subjectId)).toMatchObject({ keyId: own.keyId });
  });

  test('stays erased: for all instances, when erased twice at once, and for who never had one', async () => {
    const { instance, pool } = keysOf('erased');
    const [one, other] = [instance().keys, instance().keys];
    const [subjectId, stranger] = [randomUUID(), randomUUID()];
    await one.ensure([subjectId]);
    const dates = await Promise.all([one.erase(subjectId), other.erase(subjectId), one.erase(subjectId)]);
    expect(new Set(dates.map(Number)).size).toBe(1);
    await one.erase(stranger);
    for (const keys of [one, other, instance().keys]) {
      const known = await keys.ensure([subjectId, stranger]);
      expect([known.get(subjectId), known.get(stranger)]).toEqual(['erased', 'erased']);
    }
    const { rows } = await pool.query('select wrapped_key, wrapped_by from privacy.subject_key where subject_id = $1', [
      subjectId,
    ]);
    expect(rows).toEqual([{ wrapped_key: null, wrapped_by: null }]);
  });

  test('is remembered for a minute at most, and not after it is forgotten', async () => {
    const { pool, instance } = keysOf('remembered');
    const { ring, keys } = instance();
    const short = createSubjectKeys({ pool, ring, rememberMs: 50 });
    const subjectId = randomUUID();
    await keys.ensure([subjectId]);
    await short.find([subjectId]);
    await instance().keys.erase(subjectId);
    expect((await keys.find([subjectId])).get(subjectId)).not.toBe('erased');
    keys.forget(subjectId);
    expect((await keys.find([subjectId])).get(subjectId)).toBe('erased');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await short.find([subjectId])).get(subjectId)).toBe('erased');
  });

  test('that was read before it was forgotten is not remembered after', async () => {
    const { instance } = keysOf('race');
    const { keys } = instance();
    const subjectId = randomUUID();
    await instance().keys.ensure([subjectId]);
    const reading = keys.find([subjectId]);
    keys.forget(subjectId);
    await reading;
    await instance().keys.erase(subjectId);
    expect((await keys.find([subjectId])).get(subjectId)).toBe('erased');
  });

  test.each([
    ['comes back', "update privacy.subject_key set wrapped_key = 'x', wrapped_by = 'x', erased_at = null"],
    ['changes hands', 'update privacy.subject_key set key_id = gen_random_uuid() where erased_at is null'],
    ['is removed', 'delete from privacy.subject_key'],
    ['is removed with all others', 'truncate privacy.subject_key'],
  ])('never %s, also not by the owner of the table', async (_what, sql) => {
    const { instance } = keysOf('fence');
    const { keys } = instance();
    const [erased, living] = [randomUUID(), randomUUID()];
    await keys.ensure([erased, living]);
    await keys.erase(erased);
    for (const role of ['writer', 'owner'] as const) {
      await expect(database.pool(role).query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('cannot be had while the database is away, and that has a code', async () => {
    const { ring, keys } = keysOf('away').instance();
    const gone = database.pool('writer', 1);
    await gone.end();
    const away = createSubjectKeys({ pool: gone, ring });
    for (const work of [away.find([randomUUID()]), away.ensure([randomUUID()]), away.erase(randomUUID())]) {
      await expect(work).rejects.toMatchObject({ code: 'keys_unavailable' });
    }
    expect(await keys.find([])).toEqual(new Map());
  });
});

describe('a wrapping key that is changed', () => {
  test('while the service runs: every key is wrapped anew in small steps, and opens all the time', async () => {
    const { instance, pool, change } = keysOf('old');
    const [one, other] = [instance(), instance()];
    const subjects = Array.from({ length: 25 }, () => randomUUID());
    const before = await one.keys.ensure(subjects);
    const envelopes = subjects.map((id) => seal(found(before.get(id)), place, id));
    change((text) => withNewKey(text, 'new'));
    const keys = one.ring.reload();
    expect((await wrappingProgress(pool, keys)).keys).toMatchObject({ old: 25 });

    expect(await wrapAnew(pool, keys, 10)).toBe(10);
    expect((await wrappingProgress(pool, keys)).keys).toMatchObject({ old: 15, new: 10 });
    // An instance that has not read the file again finds the new name by itself.
    for (const id of subjects) other.keys.forget(id);
    expect((await other.keys.find(subjects)).size).toBe(25);
    expect(other.ring.now().current).toBe('new');
    // Two at once, after a crash or by two operators.
    const steps = await Promise.all([wrapAnew(pool, keys, 10), wrapAnew(pool, keys, 10)]);
    expect(steps[0]! + steps[1]!).toBe(15);
    expect(await wrapAnew(pool, keys, 10)).toBe(0);

    change(withoutOldKeys);
    const after = await instance().keys.find(subjects);
    expect(subjects.map((id, index) => open(found(after.get(id)), place, envelopes[index]!))).toEqual(subjects);
  });

  test('leaves the erased alone', async () => {
    const { instance, pool, change } = keysOf('older');
    const { ring, keys } = instance();
    const subjectId = randomUUID();
    await keys.ensure([subjectId]);
    await keys.erase(subjectId);
    change((text) => withNewKey(text, 'newer'));
    expect(await wrapAnew(pool, ring.reload(), 10)).toBe(0);
  });

  test('is refused at start when it is missing, or another one under its name', async () => {
    const own = await testDatabase({ service: 'privacy-check', sets: [subjectKeyMigrations] });
    const pool = own.pool('writer');
    const { file, instance, change } = keysOf('start');
    const keys = createSubjectKeys({ pool, ring: wrappingKeyRing(file) });
    await checkWrappingKeys(pool, instance().ring.now());
    await keys.ensure([randomUUID()]);
    await checkWrappingKeys(pool, instance().ring.now());
    change((text) => withoutOldKeys(withNewKey(text, 'other')));
    await expect(checkWrappingKeys(pool, instance().ring.now())).rejects.toMatchObject({
      ...{ code: 'wrapping_keys', message: 'the wrapping key "start" is not in the file' },
    });
    change(() => withNewKey(undefined, 'start'));
    await expect(checkWrappingKeys(pool, instance().ring.now())).rejects.toMatchObject({ code: 'wrapping_keys' });
    await own.drop();
  });
});
