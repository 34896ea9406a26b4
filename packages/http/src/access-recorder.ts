import type { FastifyRequest } from 'fastify';
import type { Purpose } from './policy.ts';

/** What can be put on the record of access. */
export const accessKinds = [
  /** Somebody was not let in, or reached for something foreign. */
  'refused',
  /** An operator did something. */
  'operated',
  /** A person came, or went. */
  'signed_in',
  'signed_out',
  /** A person's case or data were read. */
  'read',
  /** Somebody was looked for by what is known of a person; that says nothing yet of who was found. */
  'searched',
  /** Keys were changed. */
  'keys_changed',
  'erased',
  /** The record itself was read. */
  'record_read',
] as const;
export type AccessKind = (typeof accessKinds)[number];

/** One line of the record of access: codes and ids of ours, no personal data. */
export interface AccessEntry {
  readonly at: Date;
  readonly kind: AccessKind;
  /** Why it was refused; for what operators did, the status of the answer; for a sign-in, how it was done. */
  readonly code: string;
  /** Account; undefined where nobody could be told. Of a sign-in that was refused: the account that was tried. */
  readonly actorId?: string | undefined;
  readonly method: string;
  /** Pattern of the route, without ids. */
  readonly route: string;
  readonly requestId: string;
  /** In which role the caller acted, and for what purpose. */
  readonly role?: string | undefined;
  readonly purpose?: Purpose | undefined;
  /** Id of the thing that was read, e.g. a case; never of a person. */
  readonly about?: string | undefined;
  /** Whose case or data it was. The record keeps it sealed. */
  readonly subjectId?: string | undefined;
}

/** Where the record of access is kept. */
export interface AccessRecorder {
  /** Never throws and never waits. */
  note(entry: AccessEntry): void;
  /** Resolves once the entry is durable; rejects when it cannot be made so: then what it is about must not happen. */
  recorded(entry: AccessEntry): Promise<void>;
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
