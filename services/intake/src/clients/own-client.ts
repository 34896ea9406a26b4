import { denyForeign, type FastifyRequest, isWithin, notFound, scopeOf } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import { readAs } from '../reading.ts';
import type { ClientCommand } from './client.ts';
import { readCurrentClient, type StoredClient } from './read-client.ts';

const ownCaseSql = 'select 1 from cases.service_case where subject_id = any($1::uuid[]) limit 1';

/**
 * The client that an id leads to, for who may: by where it was registered, or by a case that the caller sees. Missing
 * and foreign clients are looked for by the same statements.
 */
export async function ownClient(
  context: ServiceContext,
  request: FastifyRequest,
  subjectId: string,
): Promise<StoredClient> {
  const client = await readCurrentClient(context.store, subjectId);
  const seen = await readAs(context, request, (tx) => tx.query(ownCaseSql, [[subjectId, client.subjectId]]));
  if (client.state.status === 'unknown') throw notFound();
  if (seen.rows.length === 0 && !isWithin(scopeOf(request), { centreId: client.state.centreId }))
    throw denyForeign(request);
  return client;
}

export type Common = Pick<ClientCommand, 'subjectId' | 'actorId' | 'now'>;

/** What every command says. */
export const commonOf = ({ clock }: ServiceContext, request: FastifyRequest, subjectId: string): Common => ({
  ...{ subjectId, actorId: scopeOf(request).actorId },
  now: clock().getTime(),
});
