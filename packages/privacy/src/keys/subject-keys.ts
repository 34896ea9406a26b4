import { createSecretKey, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { SubjectKey } from '../envelope/envelope.ts';
import { PrivacyError } from '../errors.ts';
import { uuidBytes } from '../uuid-bytes.ts';
import type { WrappingKeyRing } from '../wrapping/key-ring.ts';
import type { WrappingKeys } from '../wrapping/wrapping-keys.ts';

/** The key of a person, or that it is gone for ever. */
export type KeyOfSubject = SubjectKey | 'erased';

/** The keys of persons in one service. All throw `PrivacyError` `keys_unavailable` while the database is away. */
export interface SubjectKeys {
  /** The keys of these persons; who never had one is not among them. */
  find(subjectIds: readonly string[]): Promise<ReadonlyMap<string, KeyOfSubject>>;
  /** The same, and a new key for who never had one. */
  ensure(subjectIds: readonly string[]): Promise<ReadonlyMap<string, KeyOfSubject>>;
  /** Drops the key and leaves a fence, also for who never had one. Answers when it was done, the first time. */
  erase(subjectId: string): Promise<Date>;
  /** Forgets what is remembered of a person's key: another instance may have erased it. */
  forget(subjectId: string): void;
}

export interface SubjectKeySettings {
  /** Of the key database. */
  readonly pool: pg.Pool;
  readonly ring: WrappingKeyRing;
  /** Milliseconds that a key is remembered; default 60 000. */
  readonly rememberMs?: number;
}

/** Keys remembered at once: a centre's working day many times over. */
const mostRemembered = 10_000;

const findSql = `
  select subject_id as "subjectId", uuid_send(key_id) as "keyId", wrapped_key as "wrapped", wrapped_by as "wrappedBy"
    from privacy.subject_key where subject_id = any($1::uuid[])`;
const makeSql = `
  insert into privacy.subject_key (subject_id, key_id, wrapped_key, wrapped_by)
  select s, encode(k, 'hex')::uuid, w, $4 from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as made(s, k, w)
  on conflict (subject_id) do nothing`;
/** Two who erase at once: the second finds the fence, which is as good. */
const eraseSql = `
  insert into privacy.subject_key (subject_id, key_id, erased_at) values ($1, gen_random_uuid(), clock_timestamp())
  on conflict (subject_id) do update set wrapped_key = null, wrapped_by = null, erased_at = excluded.erased_at
    where subject_key.erased_at is null`;
const erasedSql = 'select erased_at as "erasedAt" from privacy.subject_key where subject_id = $1';

export interface KeyRow {
  readonly subjectId: string;
  /** 16 bytes. */
  readonly keyId: Buffer;
  readonly wrapped: Buffer | null;
  readonly wrappedBy: string | null;
}

export function createSubjectKeys({ pool, ring, rememberMs = 60_000 }: SubjectKeySettings): SubjectKeys {
  const remembered = new LRUCache<string, SubjectKey>({ max: mostRemembered, ttl: rememberMs });
  /** Counts what was forgotten: a key that was read before must not be remembered after. */
  let forgotten = 0;

  async function load(subjectIds: readonly string[]): Promise<Map<string, KeyOfSubject>> {
    const known = new Map<string, KeyOfSubject>();
    for (const id of subjectIds) {
      const key = remembered.get(id);
      if (key !== undefined) known.set(id, key);
    }
    const missing = subjectIds.filter((id) => !known.has(id));
    if (missing.length === 0) return known;
    const before = forgotten;
    const { rows } = await asked(() => pool.query<KeyRow>({ name: 'subject_keys', text: findSql, values: [missing] }));
    for (const row of rows) {
      const key = keyOf(row, ring);
      known.set(row.subjectId, key);
      if (key !== 'erased' && forgotten === before) remembered.set(row.subjectId, key);
    }
    return known;
  }

  function forget(subjectId: string): void {
    forgotten++;
    remembered.delete(subjectId);
  }

  return {
    find: load,
    async ensure(subjectIds) {
      const known = await load(subjectIds);
      const missing = [...new Set(subjectIds)].filter((id) => !known.has(id));
      if (missing.length === 0) return known;
      await asked(() => pool.query(makeSql, newKeys(missing, ring.now())));
      for (const [id, key] of await load(missing)) known.set(id, key);
      return known;
    },
    async erase(subjectId) {
      await asked(() => pool.query(eraseSql, [subjectId]));
      forget(subjectId);
      const { rows } = await asked(() => pool.query<{ erasedAt: Date }>(erasedSql, [subjectId]));
      return rows[0]!.erasedAt;
    },
    forget,
  };
}

/** Opens a row's key; a name that is new is looked for in the file again, which may have been changed meanwhile. */
function keyOf({ subjectId, keyId, wrapped, wrappedBy }: KeyRow, ring: WrappingKeyRing): KeyOfSubject {
  if (wrapped === null || wrappedBy === null) return 'erased';
  const keys = ring.now().names.includes(wrappedBy) ? ring.now() : ring.reload();
  const bytes = keys.unwrap(wrapped, wrappedBy, boundTo(subjectId, keyId));
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { subjectId, keyId, key };
}

function newKeys(subjectIds: readonly string[], wrapping: WrappingKeys): unknown[] {
  const keyIds = subjectIds.map(() => randomBytes(16));
  const wrapped = subjectIds.map((id, index) => {
    const key = randomBytes(32);
    const bytes = wrapping.wrap(key, boundTo(id, keyIds[index]!));
    key.fill(0);
    return bytes;
  });
  return [subjectIds, keyIds, wrapped, wrapping.current];
}

/** A wrapped key belongs to one row. */
export const boundTo = (subjectId: string, keyId: Buffer): Buffer => Buffer.concat([uuidBytes(subjectId), keyId]);

/** What the database throws becomes one code that callers can wait for. */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (cause instanceof PrivacyError) throw cause;
    throw new PrivacyError('keys_unavailable', 'the key database does not answer', { cause });
  }
}
