import { asCaller, systemScope } from '@vienuviet/database';
import { type Caller, type OpaqueTokenLookup, problem } from '@vienuviet/http';
import type pg from 'pg';
import { hashOf, isSubjectToken } from './subject-token.ts';

const FIND_TOKEN = `select id, subject_id, expires_at from status_feed.subject_token where token_hash = $1`;

/** Who bears a subject token: the person, as resident of the own subject. Throws `token_expired` for a known old one. */
export function subjectTokenLookup(pool: pg.Pool, clock: () => Date): OpaqueTokenLookup {
  const scope = systemScope('status-feed');
  return async (token): Promise<Caller | undefined> => {
    if (!isSubjectToken(token)) return undefined;
    const { rows } = await asCaller(pool, scope, (tx) =>
      tx.query<{ id: string; subject_id: string; expires_at: Date }>({
        name: 'find_subject_token',
        text: FIND_TOKEN,
        values: [Buffer.from(hashOf(token))],
      }),
    );
    const found = rows[0];
    if (found === undefined) return undefined;
    if (found.expires_at <= clock()) {
      throw problem('token_expired', 'Exchange the sign-in for a new subject token.', {
        headers: {
          'www-authenticate': 'Bearer realm="vienuviet", error="invalid_token", error_description="token_expired"',
        },
      });
    }
    return { id: `subject-token:${found.id}`, grants: [{ role: 'resident' }], subjectId: found.subject_id };
  };
}
