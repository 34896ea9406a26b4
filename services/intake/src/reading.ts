/** How routes of this service read: what `after` names is waited for in the projection that shows such streams. */
import { asCaller, asPrismaCaller } from '@vienuviet/database';
import { parseAfter, scopeOf, waitUntilSeen } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { cases } from './cases/projection.ts';
import { catalogue } from './catalogue/projection.ts';
import { centres } from './centres/projection.ts';

type Reading = Pick<ServiceContext, 'seen' | 'writer'>;

/** Waits for what the query parameter `after` names, whatever kind of stream it is. */
export async function waitForAfter({ seen }: Pick<ServiceContext, 'seen'>, request: FastifyRequest): Promise<void> {
  const { after } = request.query as { after?: string };
  if (after === undefined) return;
  const { streamId } = parseAfter(after);
  const projection = [catalogue, centres].find(({ name }) => streamId.startsWith(prefixes[name] ?? '?')) ?? cases;
  await waitUntilSeen(after, (stream, version, timeoutMs) => seen(projection.name, stream, version, timeoutMs));
}

const prefixes: Readonly<Record<string, string>> = { catalogue: 'service-', centres: 'centre-' };

/** Runs plain SQL in a read-only transaction that carries what the caller may see. */
export async function readAs<T>(
  context: Reading,
  request: FastifyRequest,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  await waitForAfter(context, request);
  return asCaller(context.writer, scopeOf(request), work);
}

/** The same by Prisma, for ordinary queries. */
export async function readByPrisma<T>(
  context: Reading,
  prisma: PrismaClient,
  request: FastifyRequest,
  work: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  await waitForAfter(context, request);
  return asPrismaCaller(prisma, scopeOf(request), work);
}
