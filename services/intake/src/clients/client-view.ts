import type { RateLimit } from '@vienuviet/http';
import { nullable, oneOf, uuid, written } from '@vienuviet/http/route-schemas';
import type { BlindIndex } from '@vienuviet/privacy';
import Type from 'typebox';
import { clientKinds, languages } from './client.ts';
import type { ClientData } from './client-data.ts';

export const tags = ['clients'];
export const aSubject = uuid('The client: a random id that says nothing about the person.');
export const params = Type.Object({ subjectId: aSubject });
export const answer = Type.Object({ subjectId: aSubject, ...written });

/** What the routes of clients need beside the service's own. */
export interface ClientTools {
  readonly index: BlindIndex;
  /** Requests by what is somebody's own: enough for a desk, too few for a guesser. */
  readonly lookups: RateLimit;
}

export const usualLookups = 20;

/** A client in clear. */
export const clientView = Type.Object({
  subjectId: aSubject,
  kind: oneOf(clientKinds),
  name: Type.String(),
  personalCode: nullable(Type.String({ description: 'Eleven digits.' })),
  codeConfirmed: Type.Boolean(),
  registrationNumber: nullable(Type.String()),
  phone: nullable(Type.String()),
  email: nullable(Type.String()),
  eAddress: nullable(Type.String()),
  postalAddress: nullable(Type.String()),
  language: oneOf(languages),
});

export const viewClient = (subjectId: string, { clientName: name, ...data }: ClientData) => ({
  subjectId,
  name,
  ...data,
});
