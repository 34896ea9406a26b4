import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type pg from 'pg';

/** Things whose id is a credential by itself: only a hash of it is kept, so that a copy of the table opens nothing. */
const bearerModels: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'AccessToken', 'DeviceCode']);

/** Things that are there once and for all: a second one under the same id is refused, also when two come at once. */
const onceModels: ReadonlySet<string> = new Set(['ReplayDetection']);

const alive = '(expires_at is null or expires_at > now())';

const sql = {
  upsert: `
    insert into identity.provider_state (model, id, payload, grant_id, user_code, uid, expires_at)
    values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
    on conflict (model, id) do update
      set payload = excluded.payload, grant_id = excluded.grant_id, user_code = excluded.user_code,
          uid = excluded.uid, expires_at = excluded.expires_at`,
  // A row that has run out and was not removed yet makes place.
  insertOnce: `
    insert into identity.provider_state (model, id, payload, grant_id, user_code, uid, expires_at)
    values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
    on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at
      where identity.provider_state.expires_at <= now()`,
  find: `
    select payload, extract(epoch from consumed_at)::int as consumed
      from identity.provider_state where model = $1 and id = $2 and ${alive}`,
  findByUid: `
    select payload, extract(epoch from consumed_at)::int as consumed
      from identity.provider_state where model = $1 and uid = $2 and ${alive}`,
  findByUserCode: `
    select payload, extract(epoch from consumed_at)::int as consumed
      from identity.provider_state where model = $1 and user_code = $2 and ${alive}`,
  consume: `
    update identity.provider_state set consumed_at = now()
     where model = $1 and id = $2 and consumed_at is null and ${alive}`,
  destroy: 'delete from identity.provider_state where model = $1 and id = $2',
  revokeByGrant: 'delete from identity.provider_state where model = $1 and grant_id = $2',
  // The loser of a race: everything of the grant that the row belongs to, and the grant itself.
  revokeGrantOf: `
    with used as (select grant_id from identity.provider_state where model = $1 and id = $2)
    delete from identity.provider_state state using used
     where state.grant_id = used.grant_id or (state.model = 'Grant' and state.id = used.grant_id)`,
} as const;

/** PostgreSQL keeps no U+0000; nothing of that name is there either. */
const isStorable = (text: string): boolean => !text.includes('\0');

/** A thing as JSON; what a sender wrote into it that cannot be kept is the sender's to mend. */
const jsonOf = (payload: object): string =>
  JSON.stringify(payload, (_name, value: unknown) => {
    if (typeof value === 'string' && !isStorable(value)) throw new errors.InvalidRequest('U+0000 is not taken');
    return value;
  });

/**
 * The provider's memory in PostgreSQL: one adapter a model, all on one table. Instances share everything.
 *
 * The provider looks whether a code or refresh token was used, and marks it as used later; two requests could both
 * pass the look. Here only one of them marks it, and the other one is refused and costs the grant its tokens, as a
 * second use does that comes later.
 */
export const postgresAdapter =
  (pool: pg.Pool) =>
  (model: string): Adapter => {
    const idOf = (id: string): string =>
      bearerModels.has(model) ? createHash('sha256').update(id).digest('base64url') : id;
    const read = async (text: string, value: string, id?: string): Promise<AdapterPayload | undefined> => {
      if (!isStorable(value)) return undefined;
      const { rows } = await pool.query<{ payload: AdapterPayload; consumed: number | null }>(text, [model, value]);
      const row = rows[0];
      if (row === undefined) return undefined;
      return {
        ...row.payload,
        ...(id === undefined ? {} : { jti: id }),
        ...(row.consumed === null ? {} : { consumed: row.consumed }),
      };
    };
    return {
      upsert: async (id, payload, expiresIn) => {
        const isOnce = onceModels.has(model);
        const { jti: _credential, ...withoutId } = payload;
        const { rowCount } = await pool.query(isOnce ? sql.insertOnce : sql.upsert, [
          model,
          idOf(id),
          jsonOf(bearerModels.has(model) ? withoutId : payload),
          payload.grantId ?? null,
          payload.userCode ?? null,
          payload.uid ?? null,
          // The provider keeps what has no end without a number.
          expiresIn ?? null,
        ]);
        if (isOnce && rowCount === 0) throw new errors.InvalidClientAuth('assertion used already');
      },
      find: (id) => read(sql.find, idOf(id), bearerModels.has(model) ? id : undefined),
      findByUid: (uid) => read(sql.findByUid, uid),
      findByUserCode: (userCode) => read(sql.findByUserCode, userCode),
      consume: async (id) => {
        const { rowCount } = await pool.query(sql.consume, [model, idOf(id)]);
        if (rowCount === 1) return;
        await pool.query(sql.revokeGrantOf, [model, idOf(id)]);
        throw new errors.InvalidGrant('used already');
      },
      destroy: async (id) => {
        await pool.query(sql.destroy, [model, idOf(id)]);
      },
      revokeByGrantId: async (grantId) => {
        await pool.query(sql.revokeByGrant, [model, grantId]);
      },
    };
  };
