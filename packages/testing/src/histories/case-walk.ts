import {
  channels,
  type HistoryEvent,
  holders,
  MINUTE,
  municipalityOf,
  type StreamHistory,
  uuidOf,
  type World,
} from './world.ts';

/** A case on its walk: what the next event needs of the earlier ones. */
interface Walk {
  readonly world: World;
  readonly caseId: string;
  readonly events: HistoryEvent[];
  stage: string;
  stageBeforeEnd: string;
  clock: number;
  service: number;
  centre: number;
  /** Counts made so far; the last one stands unless it was taken back. */
  counts: number;
  counted: boolean;
}

/** What may happen next in each stage, as names of `steps`; a walk ends by chance or where nothing may happen. */
const nextSteps: Readonly<Record<string, readonly string[]>> = {
  registered: ['claim', 'release', 'consult', 'consult', 'request', 'request', 'withdraw', 'close', 'handOver', 'link'],
  consulted: ['request', 'request', 'request', 'consult', 'close', 'withdraw'],
  requested: ['accept', 'accept', 'accept', 'rejectAuthority', 'consult', 'withdraw'],
  in_execution: ['askInformation', 'decide', 'decide', 'decide', 'consult', 'rejectAuthority', 'withdraw', 'handOver'],
  awaiting_information: ['provideInformation', 'provideInformation', 'consult', 'withdraw'],
  returned: ['request', 'request', 'close', 'consult'],
  decided: ['deliver', 'deliver', 'deliver', 'consult'],
  delivered: ['evaluate', 'close', 'close'],
  closed: ['reopen', 'evaluate', 'link'],
  withdrawn: ['reopen'],
};

const steps: Readonly<Record<string, (walk: Walk) => void>> = {
  claim: (walk) => emit(walk, 'CaseClaimed', { centreId: centreOf(walk), claimedUntil: walk.clock + 30 * MINUTE }),
  release: (walk) => emit(walk, 'CaseReleased', {}),
  consult: (walk) => {
    if (walk.stage === 'registered') walk.stage = 'consulted';
    emit(walk, 'ConsultationRecorded', spoken(walk));
    count(walk);
  },
  request: (walk) => {
    walk.stage = 'requested';
    walk.service = Math.floor(walk.world.chance() * walk.world.services);
    emit(walk, 'ServiceRequested', { ...addressed(walk), ...spoken(walk) });
    count(walk);
  },
  accept: (walk) => {
    walk.stage = 'in_execution';
    emit(walk, 'RequestAccepted', { holderId: holderOf(walk) });
  },
  rejectAuthority: (walk) => {
    walk.stage = 'returned';
    const proposedHolderId = walk.world.chance() < 0.5 ? walk.world.pick(holders) : null;
    emit(walk, 'RequestRejectedAsWrongAuthority', { holderId: holderOf(walk), proposedHolderId });
  },
  askInformation: (walk) => {
    walk.stage = 'awaiting_information';
    emit(walk, 'InformationRequested', { holderId: holderOf(walk), reason: 'missing_document' });
  },
  provideInformation: (walk) => {
    walk.stage = 'in_execution';
    emit(walk, 'InformationProvided', spoken(walk));
  },
  decide: (walk) => {
    walk.stage = 'decided';
    const outcome = walk.world.pick(['granted', 'refused', 'partly']);
    emit(walk, 'DecisionMade', { holderId: holderOf(walk), outcome, reason: 'requirements_met' });
  },
  deliver: (walk) => {
    walk.stage = 'delivered';
    const resultForm = walk.world.pick(['e_address', 'at_centre', 'post', 'electronic']);
    emit(walk, 'ResultDelivered', { ...spoken(walk), resultForm });
    count(walk);
  },
  evaluate: (walk) =>
    emit(walk, 'CaseEvaluated', { score: 1 + Math.floor(walk.world.chance() * 5), channel: walk.world.pick(channels) }),
  withdraw: (walk) => {
    end(walk, 'withdrawn');
    emit(walk, 'CaseWithdrawn', { reason: 'client_request' });
    correct(walk, 'withdrawn');
  },
  close: (walk) => {
    const inError = walk.world.chance() < 0.1;
    end(walk, 'closed');
    emit(walk, 'CaseClosed', { reason: inError ? 'registered_in_error' : 'completed' });
    if (inError) correct(walk, 'annulled');
  },
  reopen: (walk) => {
    walk.stage = walk.stageBeforeEnd === 'delivered' ? 'in_execution' : walk.stageBeforeEnd;
    emit(walk, 'CaseReopened', { toStage: walk.stage, reason: 'result_faulty' });
  },
  handOver: (walk) => {
    const fromCentreId = centreOf(walk);
    walk.centre = (walk.centre + 1) % walk.world.centres;
    const toMunicipalityId = municipalityOf(walk.centre);
    emit(walk, 'CaseHandedOver', { fromCentreId, toCentreId: centreOf(walk), toMunicipalityId, reason: 'other' });
  },
  link: (walk) => emit(walk, 'CaseLinked', { linkKind: 'contact', linkedId: walk.world.id('contact', walk.clock) }),
};

/** A case on a random walk through what intake allows. */
export function caseHistory(world: World, index: number): StreamHistory {
  const caseId = world.id('case', index);
  const walk: Walk = {
    world,
    caseId,
    events: [],
    stage: 'registered',
    stageBeforeEnd: 'registered',
    clock: world.startsAt + Math.floor(world.chance() * 5 * 24 * 60) * MINUTE,
    service: Math.floor(world.chance() * world.services),
    centre: Math.floor(world.chance() * world.centres),
    counts: 0,
    counted: false,
  };
  register(walk, index);
  const length = 1 + Math.floor(world.chance() * 14);
  for (let step = 0; step < length; step++) {
    const next = nextSteps[walk.stage] ?? [];
    if ((walk.stage === 'closed' || walk.stage === 'withdrawn') && world.chance() < 0.6) break;
    steps[world.pick(next)]!(walk);
  }
  return { topic: 'intake.case', streamId: `case-${caseId}`, events: walk.events };
}

function register(walk: Walk, index: number): void {
  const { world } = walk;
  emit(walk, 'CaseRegistered', {
    // Every third case is of the same person as the one before.
    subjectId: world.id('subject', index - (index % 3 === 2 ? 1 : 0)),
    anonymous: index % 7 === 6,
    ...addressed(walk),
    centreId: centreOf(walk),
    municipalityId: municipalityOf(walk.centre),
    ...spoken(walk),
    purpose: world.pick(['information', 'application', 'complaint']),
    customerKind: world.pick(['citizen', 'business']),
    crossBorder: world.chance() < 0.1,
    claimedUntil: walk.clock + 30 * MINUTE,
  });
}

function emit(walk: Walk, record: string, data: Readonly<Record<string, unknown>>): void {
  walk.clock += 1 + Math.floor(walk.world.chance() * 600) * MINUTE;
  const stamp = { occurredAt: walk.clock, actorId: 'clerk-1' };
  walk.events.push({ type: `intake.${record}`, data: { caseId: walk.caseId, ...data, ...stamp } });
}

/** Counts a case at its first help at a desk, as intake does, and again only after the count was taken back. */
function count(walk: Walk): void {
  if (walk.counted) return;
  walk.counted = true;
  walk.counts += 1;
  emit(walk, 'ServiceCounted', {
    countId: countIdOf(walk),
    ruleVersion: '1',
    ...addressed(walk),
    centreId: centreOf(walk),
    municipalityId: municipalityOf(walk.centre),
    channel: 'in_person',
    customerKind: 'citizen',
    crossBorder: false,
    clerkMinutes: 5 + Math.floor(walk.world.chance() * 20),
  });
}

function correct(walk: Walk, reason: 'withdrawn' | 'annulled'): void {
  if (!walk.counted) return;
  walk.counted = false;
  emit(walk, 'ServiceCountCorrected', { countId: countIdOf(walk), reason });
}

function end(walk: Walk, stage: string): void {
  walk.stageBeforeEnd = walk.stage;
  walk.stage = stage;
}

const countIdOf = (walk: Walk): string => uuidOf(`count/${walk.caseId}/${walk.counts}`);
const holderOf = (walk: Walk): string => holders[walk.service % holders.length]!;
const centreOf = (walk: Walk): string => walk.world.id('centre', walk.centre);
const addressed = (walk: Walk) => ({
  serviceId: walk.world.id('service', walk.service),
  holderId: holderOf(walk),
});
const spoken = (walk: Walk) => ({
  channel: walk.world.pick(channels),
  clerkMinutes: Math.floor(walk.world.chance() * 30),
});
