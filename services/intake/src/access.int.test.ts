/** Every route of intake × every role × the own place and a foreign one × every kind of bad token. */
import { randomUUID } from 'node:crypto';
import { type Example, tryAccess } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';
import { keyAccess, operatorAccess } from '@vienuviet/service/testing';
import { countStatements } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bodies } from './cases/command-bodies.ts';
import { commandPaths } from './cases/command-paths.ts';
import { transitionOf } from './cases/transitions.ts';
import { centres, type IntakeTest, openingHours, registration, startIntake } from './test-support/intake-test.ts';

type LaterName = keyof typeof commandPaths;

let it: IntakeTest;
let caseId: string;
let subjectId: string;
const client = { kind: 'natural', name: 'Anna Ozola', language: 'lv' };

beforeAll(async () => {
  it = await startIntake();
  const registered = await it.register();
  caseId = registered.caseId;
  subjectId = (await it.post('clerk.cesis.1', '/v1/clients', client)).body.subjectId;
  // A case at the own centre and holder makes the client known there.
  await it.register({ subjectId });
  // The queue and the search show it from here on.
  await it.get('clerk.cesis.1', `/v1/work-queue?view=centre&after=${registered.stream}@${registered.version}`);
});
afterAll(() => it.close());

const bodies: { readonly [Name in LaterName]: Bodies[Name] } = {
  claim: {},
  release: {},
  recordConsultation: { channel: 'phone', clerkMinutes: 1 },
  request: { channel: 'in_person', clerkMinutes: 1 },
  accept: {},
  rejectAsWrongAuthority: {},
  askForInformation: { reason: 'missing_document' },
  provideInformation: { channel: 'phone', clerkMinutes: 1 },
  decide: { outcome: 'granted', reason: 'requirements_met' },
  deliverResult: { channel: 'in_person', resultForm: 'at_centre', clerkMinutes: 1 },
  evaluate: { score: 5, channel: 'in_person' },
  withdraw: { reason: 'no_longer_needed' },
  reopen: { reason: 'new_circumstances' },
  close: { reason: 'completed' },
  handOver: { toCentreId: centres.valka, reason: 'client_moved' },
  link: { linkKind: 'contact', linkedId: randomUUID() },
};

const policyOf = (name: LaterName) =>
  ({ centre: policies.casesAtDesk, holder: policies.casesAtHolder, either: policies.casesAtEither })[
    transitionOf(name).by
  ];

const commands = Object.entries(commandPaths) as [LaterName, string][];
const routeOf = (path: string): string => `POST /v1/cases/:caseId/${path}`;

const expected = {
  'GET /v1/services': policies.catalogueRead,
  'GET /v1/services/:serviceId': policies.catalogueRead,
  'POST /v1/catalogue/imports': policies.catalogueImport,
  'GET /v1/centres': policies.centresRead,
  'GET /v1/centres/:centreId': policies.centresRead,
  'POST /v1/centres': policies.centresKeep,
  'POST /v1/centres/:centreId/change': policies.centresKeep,
  'POST /v1/centres/:centreId/close': policies.centresKeep,
  'GET /v1/work-queue': policies.workQueue,
  'GET /v1/cases': policies.casesSearch,
  'GET /v1/cases/:caseId': policies.caseRead,
  'POST /v1/cases': policies.casesAtDesk,
  'POST /v1/clients': policies.clientsAtDesk,
  'POST /v1/clients/search': policies.clientSearch,
  'POST /v1/clients/:subjectId/erasures': policies.erase,
  'POST /v1/clients/:subjectId/erasures/:erasureId/confirm': policies.erase,
  'GET /v1/erasures': policies.erasuresWatch,
  'GET /v1/clients/:subjectId/looks': policies.looksRead,
  'POST /v1/clients/:subjectId/holds': policies.eraseHolds,
  'POST /v1/clients/:subjectId/holds/:holdId/lift': policies.eraseHolds,
  'GET /v1/clients/:subjectId': policies.clientRead,
  'POST /v1/clients/:subjectId/change': policies.clientsAtDesk,
  'POST /v1/clients/:subjectId/merge': policies.clientsAtDesk,
  'POST /v1/clients/:subjectId/undo-merge': policies.clientsAtDesk,
  'POST /v1/clients/:subjectId/representatives': policies.clientsAtDesk,
  'POST /v1/clients/:subjectId/representatives/:representativeId/end': policies.clientsAtDesk,
  ...Object.fromEntries(commands.map(([name, path]) => [routeOf(path), policyOf(name)])),
  ...operatorAccess.expected,
  ...keyAccess.expected,
};

const anything = (url: string, payload?: object): Example => ({
  of: 'anything',
  ask: { url, ...(payload === undefined ? {} : { payload }) },
});

const ofClient = (path: string, payload?: object): Example => ({
  of: 'thing',
  id: subjectId,
  ask: (id) => ({ url: `/v1/clients/${id}/${path}`, ...(payload === undefined ? {} : { payload }) }),
});

const examples = (): Record<string, Example> => ({
  'GET /v1/services': anything('/v1/services?q=pabalsts'),
  'GET /v1/services/:serviceId': anything(`/v1/services/${it.services.sick}`),
  'POST /v1/catalogue/imports': {
    of: 'anything',
    ask: { url: '/v1/catalogue/imports?source=x', payload: 'nonsense', headers: { 'content-type': 'text/csv' } },
  },
  'GET /v1/centres': anything('/v1/centres'),
  'GET /v1/centres/:centreId': anything(`/v1/centres/${centres.cesis}`),
  'POST /v1/centres': anything('/v1/centres', { centreId: centres.cesis }),
  'POST /v1/centres/:centreId/change': anything(`/v1/centres/${randomUUID()}/change`, { openingHours }),
  'POST /v1/centres/:centreId/close': anything(`/v1/centres/${randomUUID()}/close`, {}),
  'GET /v1/work-queue': { of: 'list', id: caseId, ask: { url: '/v1/work-queue?view=centre' } },
  'GET /v1/cases': { of: 'list', id: caseId, ask: { url: '/v1/cases' } },
  'GET /v1/cases/:caseId': { of: 'thing', id: caseId, ask: (id) => ({ url: `/v1/cases/${id}` }) },
  'POST /v1/cases': {
    of: 'thing',
    id: centres.cesis,
    ask: (centreId) => ({ url: '/v1/cases', payload: { ...registration(it.services.sick), centreId } }),
  },
  'POST /v1/clients': {
    of: 'thing',
    id: centres.cesis,
    ask: (centreId) => ({ url: '/v1/clients', payload: { ...client, centreId } }),
  },
  'POST /v1/clients/search': anything('/v1/clients/search', { email: 'nobody@example.lv' }),
  'POST /v1/clients/:subjectId/erasures': ofClient('erasures'),
  'POST /v1/clients/:subjectId/erasures/:erasureId/confirm': ofClient(`erasures/${randomUUID()}/confirm`),
  'GET /v1/erasures': anything('/v1/erasures'),
  'GET /v1/clients/:subjectId/looks': anything(`/v1/clients/${subjectId}/looks`),
  'POST /v1/clients/:subjectId/holds': anything(`/v1/clients/${randomUUID()}/holds`, { reason: 'claim' }),
  'POST /v1/clients/:subjectId/holds/:holdId/lift': anything(`/v1/clients/${randomUUID()}/holds/${randomUUID()}/lift`),
  'GET /v1/clients/:subjectId': { of: 'thing', id: subjectId, ask: (id) => ({ url: `/v1/clients/${id}` }) },
  'POST /v1/clients/:subjectId/change': ofClient('change', {}),
  'POST /v1/clients/:subjectId/merge': ofClient('merge', { intoSubjectId: subjectId, reason: 'misspelt' }),
  'POST /v1/clients/:subjectId/undo-merge': ofClient('undo-merge'),
  'POST /v1/clients/:subjectId/representatives': ofClient('representatives', {
    ...{ representativeId: subjectId, ground: 'guardian' },
  }),
  'POST /v1/clients/:subjectId/representatives/:representativeId/end': ofClient(`representatives/${randomUUID()}/end`),
  ...Object.fromEntries(
    commands.map(([name, path]): [string, Example] => [
      routeOf(path),
      { of: 'thing', id: caseId, ask: (id) => ({ url: `/v1/cases/${id}/${path}`, payload: bodies[name] }) },
    ]),
  ),
  ...operatorAccess.examples,
  ...keyAccess.examples,
});

test('every route lets in exactly whom the table names, and tells nobody what is foreign', async () => {
  const { deviations, tried } = await tryAccess({
    ...{ app: it.host.service.app, issuer: it.host.issuer, expected, examples: examples() },
    own: { centreId: centres.cesis, holderId: 'vsaa' },
    counting: countStatements,
  });
  expect(deviations).toEqual([]);
  expect(tried).toBeGreaterThan(600);
}, 120_000);
