import type { FastifyRequest } from 'fastify';

/** One line of the record of access: codes and ids of ours, no personal data. */
export interface AccessEntry {
  readonly at: Date;
  /** `refused`: somebody was not let in, or reached for something foreign. `operated`: an operator did something. */
  readonly kind: 'refused' | 'operated';
  /** Why it was refused; for what operators did, the status of the answer. */
  readonly code: string;
  /** Account; undefined where the token told nobody. */
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
export const entryOf = (request: FastifyRequest, kind: AccessEntry['kind'], code: string): AccessEntry => ({
  ...{ at: new Date(), kind, code, actorId: request.caller?.id },
  ...{ method: request.method, route: request.routeOptions.url ?? 'none', requestId: request.id },
});

/** Puts a refusal on the record of the app that serves the request. */
export function noteRefusal(request: FastifyRequest, code: string): void {
  request.server.vienuviet.accessRecorder?.note(entryOf(request, 'refused', code));
}
