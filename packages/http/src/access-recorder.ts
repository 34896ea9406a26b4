import type { FastifyRequest } from 'fastify';

/** One line of the record of access: codes and ids of ours, no personal data. */
export interface AccessEntry {
  readonly at: Date;
  /**
   * `refused`: somebody was not let in, or reached for something foreign. `operated`: an operator did something.
   * `signed_in`, `signed_out`: a person came or went.
   */
  readonly kind: 'refused' | 'operated' | 'signed_in' | 'signed_out';
  /** Why it was refused; for what operators did, the status of the answer; for a sign-in, how it was done. */
  readonly code: string;
  /** Account; undefined where nobody could be told. Of a sign-in that was refused: the account that was tried. */
  readonly actorId?: string | undefined;
  readonly method: string;
  /** Pattern of the route, without ids. */
  readonly route: string;
  readonly requestId: string;
}

/** Where the record of access is kept. */
export interface AccessRecorder {
  /** Never throws and never waits. */
  note(entry: AccessEntry): void;
}

/** The entry of a request. */
export const entryOf = (
  request: FastifyRequest,
  kind: AccessEntry['kind'],
  code: string,
  actorId = request.caller?.id,
): AccessEntry => ({
  ...{ at: new Date(), kind, code, actorId },
  ...{ method: request.method, route: request.routeOptions.url ?? 'none', requestId: request.id },
});

/** Puts what happened on the record of the app that serves the request; `actorId` where no token tells it. */
export function noteAccess(
  request: FastifyRequest,
  kind: AccessEntry['kind'],
  code: string,
  actorId?: string | undefined,
): void {
  request.server.vienuviet.accessRecorder?.note(entryOf(request, kind, code, actorId));
}

/** Puts a refusal on the record of the app that serves the request. */
export function noteRefusal(request: FastifyRequest, code: string): void {
  noteAccess(request, 'refused', code);
}
