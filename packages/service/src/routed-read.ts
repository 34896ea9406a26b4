import { asCaller } from '@vienuviet/database';
import { scopeOf, waitUntilSeen } from '@vienuviet/http';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { ServiceContext } from './definition.ts';

/**
 * Reads for a route: waits until the projection shows what the query parameter `after` names, then runs `work` in a
 * read-only transaction that carries what the caller may see.
 */
export async function readRouted<T>(
  { writer, seen }: Pick<ServiceContext, 'writer' | 'seen'>,
  request: FastifyRequest,
  projection: { readonly name: string },
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { after } = request.query as { after?: string };
  await waitUntilSeen(after, (streamId, version, timeoutMs) => seen(projection.name, streamId, version, timeoutMs));
  return asCaller(writer, scopeOf(request), work);
}
