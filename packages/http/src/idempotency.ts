import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from './caller-scope.ts';
import { AppError } from './errors.ts';
import { problem } from './problems.ts';

/** What `executeCommand` of the event store needs to run a command once. */
export interface Idempotency {
  readonly key: string;
  readonly scope: string;
  readonly requestHash: Buffer;
}

/** Shortest key of the HMAC, in bytes: as long as its output (RFC 2104, 3). */
export const shortestHashKey = 32;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Reads the header `Idempotency-Key` of a command. The scope is the caller and the route, so that nobody finds the
 * answer of somebody else; the hash covers method, path with its ids, query and body, so that a key that comes again
 * with another request is noticed. Throws 422 when the header is missing or no UUID.
 */
export function idempotencyOf(request: FastifyRequest): Idempotency {
  const key = readIdempotencyKey(request);
  const { commandHashKey } = request.server.vienuviet;
  if (commandHashKey === undefined) throw new AppError('hash_key_missing', 'the app was made without commandHashKey');
  const { method, url } = request.routeOptions;
  const what = canonicalJson([request.method, url, request.params ?? {}, request.query ?? {}, request.body ?? null]);
  return {
    key,
    scope: `${callerOf(request).id} ${[method].flat().join(',')} ${url}`,
    requestHash: createHmac('sha256', commandHashKey).update(what).digest(),
  };
}

/** The header's UUID, in lower case. Throws 422 when it is missing or no UUID. */
export function readIdempotencyKey(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '') {
    throw problem(
      'idempotency_key_missing',
      'Send a fresh UUID with each command, and the same one when you repeat it.',
    );
  }
  if (typeof header !== 'string' || !uuid.test(header)) throw problem('idempotency_key_malformed');
  return header.toLowerCase();
}

/** Says in the answer that the command was executed before and this is its answer again. */
export const markReplayed = (reply: FastifyReply): FastifyReply => reply.header('idempotency-replayed', 'true');

/** JSON with the fields of every object in order, so that the same request written in another order is the same. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}
