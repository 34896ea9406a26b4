import type { FastifyRequest } from 'fastify';
import { type AccessKind, entryOf } from './access-recorder.ts';
import { scopeUnder } from './caller-scope.ts';
import { AppError } from './errors.ts';
import { problem } from './problems.ts';

/** What was read of whom. */
export interface Reading {
  readonly about?: string;
  readonly subjectId?: string;
  /** Default `read`, with the code `read`. */
  readonly kind?: AccessKind;
  readonly code?: string;
}

/**
 * Puts a reading on the record before its answer leaves; called when it is clear that the caller may read, and before
 * anything is answered. Throws 503 `record_unavailable` when it cannot be recorded: then nobody reads.
 */
export async function recordReading(request: FastifyRequest, reading: Reading = {}): Promise<void> {
  const { accessRecorder } = request.server.vienuviet;
  if (accessRecorder === undefined) throw new AppError('settings', 'readings are recorded, and the app has no record');
  const { kind = 'read', code = 'read', about, subjectId } = reading;
  const entry = { ...entryOf(request, kind, code), role: roleOf(request), purpose: request.purpose, about, subjectId };
  try {
    await accessRecorder.recorded(entry);
  } catch (cause) {
    throw problem('record_unavailable', 'Try again in a moment.', { cause, headers: { 'retry-after': '5' } });
  }
}

/** The role in which the caller acts: the first that the route's policy takes. */
function roleOf(request: FastifyRequest): string | undefined {
  const { policy } = request.routeOptions.config;
  if (request.caller === undefined || policy === undefined) return undefined;
  return scopeUnder(request.caller, policy).roles[0];
}
