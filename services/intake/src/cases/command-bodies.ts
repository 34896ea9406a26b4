/** What the bodies of a case's commands may say. Codes and numbers only: no free text, no personal data. */

import { oneOf, slug, uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import { clerkMinutes, occurredAt } from '../route-schemas.ts';
import {
  channels,
  closingReasons,
  customerKinds,
  decisionReasons,
  handOverReasons,
  informationReasons,
  linkKinds,
  openingPurposes,
  outcomes,
  reopeningReasons,
  resultForms,
  withdrawalReasons,
} from './codes.ts';

const channel = oneOf(channels, 'Channel of this stage.');
const plain = Type.Object({ occurredAt });
const contact = Type.Object({ channel, clerkMinutes, occurredAt });

export const bodies = {
  register: Type.Object({
    serviceId: uuid('Entry of the catalogue.'),
    centreId: Type.Optional(uuid('Where the case is opened; needed by who works at several centres.')),
    subjectId: Type.Optional(uuid('The person, when known from an earlier case; otherwise a new random id is made.')),
    anonymous: Type.Optional(Type.Boolean({ description: 'A request without a client; it gets a fresh subject id.' })),
    channel: oneOf(channels, 'By which the client came.'),
    purpose: oneOf(openingPurposes, 'What the client came for.'),
    customerKind: oneOf(customerKinds),
    crossBorder: Type.Boolean({ description: 'The client is from another country of the Union.' }),
    clerkMinutes,
    occurredAt,
  }),
  claim: plain,
  release: plain,
  recordConsultation: contact,
  request: Type.Object({
    channel,
    clerkMinutes,
    serviceId: Type.Optional(uuid('Another entry, when the case was returned; its holder comes with it.')),
    holderId: Type.Optional(slug('Another holder for the same entry, when the case was returned.')),
    occurredAt,
  }),
  accept: plain,
  rejectAsWrongAuthority: Type.Object({
    proposedHolderId: Type.Optional(slug('Whom to address instead.')),
    occurredAt,
  }),
  askForInformation: Type.Object({ reason: oneOf(informationReasons), occurredAt }),
  provideInformation: contact,
  decide: Type.Object({ outcome: oneOf(outcomes), reason: oneOf(decisionReasons), occurredAt }),
  deliverResult: Type.Object({ channel, resultForm: oneOf(resultForms), clerkMinutes, occurredAt }),
  evaluate: Type.Object({
    score: Type.Integer({ minimum: 1, maximum: 5, description: '1 (bad) to 5 (good).' }),
    channel,
    occurredAt,
  }),
  withdraw: Type.Object({ reason: oneOf(withdrawalReasons), occurredAt }),
  reopen: Type.Object({ reason: oneOf(reopeningReasons), occurredAt }),
  close: Type.Object({ reason: oneOf(closingReasons), occurredAt }),
  handOver: Type.Object({ toCentreId: uuid('An open centre.'), reason: oneOf(handOverReasons), occurredAt }),
  link: Type.Object({ linkKind: oneOf(linkKinds), linkedId: uuid('What the case is linked to.'), occurredAt }),
};

export type Bodies = { readonly [Name in keyof typeof bodies]: Static<(typeof bodies)[Name]> };
