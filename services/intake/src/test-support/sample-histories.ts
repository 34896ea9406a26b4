/** Sample commands and histories of cases for tests: a history for every stage, a command of every name. */

import { createCaseDecider } from '../cases/case.ts';
import type { Actor, CaseCommand, CommandOf } from '../cases/commands.ts';
import type { Stage } from '../cases/stages.ts';
import type { CaseEvent } from '../cases/state.ts';
import type { ServiceState } from '../catalogue/service.ts';
import type { CentreState } from '../centres/centre.ts';

const uuid = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`;

export const caseId = uuid('a');
export const subjectId = uuid('b');
export const linkedId = uuid('9');
export const centreIds = { here: uuid('1'), there: uuid('2'), closed: uuid('3') };
export const serviceIds = { sick: uuid('4'), tax: uuid('5'), old: uuid('6') };

/** Monday, 2 March 2026, 10:00 in Riga. */
export const morning = Date.UTC(2026, 2, 2, 8, 0, 0);
export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;

export const clerk: Actor = { id: 'clerk-1', centreIds: [centreIds.here], holderIds: [] };
export const otherClerk: Actor = { id: 'clerk-2', centreIds: [centreIds.here], holderIds: [] };
export const clerkElsewhere: Actor = { id: 'clerk-3', centreIds: [centreIds.there], holderIds: [] };
export const specialist: Actor = { id: 'specialist-1', centreIds: [], holderIds: ['vsaa'] };
export const specialistElsewhere: Actor = { id: 'specialist-2', centreIds: [], holderIds: ['vid'] };

export const service = (
  serviceId: string,
  holderId: string,
  status: 'listed' | 'retired' = 'listed',
): ServiceState => ({
  status,
  serviceId,
  origin: 'invented',
  sources: ['sample.csv'],
  owners: {},
  description: {
    titleLv: 'Slimības pabalsts',
    titleEn: null,
    holderId,
    holderName: holderId.toUpperCase(),
    holderRegistrationNumber: null,
    channels: ['in_person'],
    electronicStages: [],
    processingTimes: [],
    supportLevel: null,
    authorisedEService: false,
    lifeEvents: [],
    template: null,
  },
});

export const centre = (centreId: string, status: 'open' | 'closed' = 'open'): CentreState => ({
  status,
  centreId,
  name: 'VPVKAC Cēsis',
  kind: 'administrative_centre',
  municipalityId: centreId === centreIds.here ? 'cesu-novads' : 'valkas-novads',
  municipalityName: 'Cēsu novads',
  address: 'Parauga iela 1, Cēsis',
  openingHours: [],
  origin: 'invented',
});

type Own<Name extends CaseCommand['type']> = Omit<CommandOf<Name>, 'type' | 'caseId' | 'actor' | 'now'>;

const byClerk = { channel: 'in_person', clerkMinutes: 10 } as const;

/** What each command says beside who, when and on which case. */
const own: { readonly [Name in CaseCommand['type']]: Own<Name> } = {
  register: {
    ...byClerk,
    clerkMinutes: 5,
    subjectId,
    anonymous: false,
    service: service(serviceIds.sick, 'vsaa'),
    centre: centre(centreIds.here),
    purpose: 'application',
    customerKind: 'citizen',
    crossBorder: false,
  },
  claim: {},
  release: {},
  recordConsultation: byClerk,
  request: byClerk,
  accept: {},
  rejectAsWrongAuthority: { proposedHolderId: 'vid' },
  askForInformation: { reason: 'missing_document' },
  provideInformation: byClerk,
  decide: { outcome: 'granted', reason: 'requirements_met' },
  deliverResult: { ...byClerk, resultForm: 'at_centre' },
  evaluate: { score: 5, channel: 'in_person' },
  withdraw: { reason: 'client_request' },
  reopen: { reason: 'closed_by_mistake' },
  close: { reason: 'other' },
  handOver: { toCentre: centre(centreIds.there), reason: 'capacity' },
  link: { linkKind: 'contact', linkedId },
};

const ofHolder: readonly CaseCommand['type'][] = ['accept', 'rejectAsWrongAuthority', 'askForInformation', 'decide'];

/** A command of a name, by who usually gives it; `changes` replaces any part of it. */
export function command<Name extends CaseCommand['type']>(
  type: Name,
  changes: Partial<CommandOf<Name>> = {},
): CaseCommand {
  const actor = ofHolder.includes(type) ? specialist : clerk;
  return { type, caseId, actor, now: morning, ...own[type], ...changes } as CaseCommand;
}

/** The events of commands that are all accepted, a minute after another; throws at the first refusal. */
export function historyOf(commands: readonly CaseCommand[]): CaseEvent[] {
  const decider = createCaseDecider();
  const events: CaseEvent[] = [];
  for (const [index, next] of commands.entries()) {
    const state = events.reduce(decider.evolve, decider.initialState);
    const decision = decider.decide({ ...next, now: next.now + minutes(index) }, state);
    if (!decision.accepted) throw new Error(`${next.type}: ${decision.refusal.message}`);
    events.push(...decision.events);
  }
  return events;
}

const path = (...names: CaseCommand['type'][]): CaseCommand[] => names.map((name) => command(name));

/** Commands that lead to each stage. */
export const pathTo: Readonly<Record<Stage, readonly CaseCommand[]>> = {
  registered: path('register'),
  consulted: path('register', 'recordConsultation'),
  requested: path('register', 'request'),
  in_execution: path('register', 'request', 'accept'),
  awaiting_information: path('register', 'request', 'accept', 'askForInformation'),
  returned: path('register', 'request', 'rejectAsWrongAuthority'),
  decided: path('register', 'request', 'accept', 'decide'),
  delivered: path('register', 'request', 'accept', 'decide', 'claim', 'deliverResult'),
  closed: path('register', 'close'),
  withdrawn: path('register', 'withdraw'),
};
