/**
 * The stories of cases: which commands follow each other, and after how many minutes. A story tells one moment at a
 * time; whoever listens adds claims, times, keys and duplicates, and stops at the end of the day.
 */
import type { Random } from '../chance/seeded-random.ts';
import type { CommandBody, CommandName, ServiceName } from './case-script.ts';
import {
  delays,
  handOverReasons,
  informationReasons,
  likely,
  outcomes,
  reasonOf,
  reopeningReasons,
  scores,
  withdrawalReasons,
} from './likelihoods.ts';

export interface Moment {
  /** Minutes since the moment before. */
  readonly after: number;
  readonly by: 'clerk' | 'holder';
  readonly command: CommandName;
  readonly body: CommandBody;
}

export interface Circumstances {
  readonly random: Random;
  readonly purpose: string;
  /** By which the client comes, and by which requests are filed. */
  readonly channel: string;
  readonly requestChannel: string;
  readonly service: ServiceName;
  /** Another service of another holder, for cases that were addressed wrongly. */
  readonly otherService: ServiceName;
  /** Another centre, if the case may be handed over. */
  readonly otherCentre: string | undefined;
  readonly minutes: () => number;
  readonly uuid: (name: string) => string;
  /** What a story remembers: a client evaluates a case once, also when it is reopened. */
  readonly told: { evaluated: boolean };
}

type Telling = Generator<Moment, void, void>;

/** One of the names, in proportion to its number. */
export const chosen = <Name extends string>(random: Random, weights: Readonly<Record<Name, number>>): Name =>
  random.weighted(Object.keys(weights) as Name[], (name) => weights[name]);

const delay = (random: Random, [from, to]: readonly [number, number]): number => random.integer(from, to);

const moment = (after: number, by: Moment['by'], command: CommandName, body: CommandBody = {}): Moment => ({
  after,
  by,
  command,
  body,
});

/** What happens after the registration. */
export function* storyOf(about: Circumstances): Telling {
  const { random, purpose } = about;
  if (random.chance(likely.registeredInError)) {
    yield moment(1, 'clerk', 'close', { reason: 'registered_in_error' });
    return;
  }
  if (random.chance(likely.linked)) {
    yield moment(0, 'clerk', 'links', { linkKind: 'contact', linkedId: about.uuid('contact') });
  }
  if (purpose === 'information' || purpose === 'complaint') yield* information(about);
  else yield* application(about);
}

function* consultation({ channel, minutes }: Circumstances, after = 0): Telling {
  const spent = minutes();
  yield moment(after + spent, 'clerk', 'consultations', { channel, clerkMinutes: spent });
}

function* information(about: Circumstances): Telling {
  const { random } = about;
  yield* consultation(about);
  if (random.chance(likely.withdrawn)) {
    yield* withdrawal(about, 1);
    return;
  }
  yield* betweenVisits(about);
  if (!random.chance(likely.informedAndClosed)) return;
  yield moment(1, 'clerk', 'close', { reason: 'informed_only' });
  yield* evaluation(about);
}

function* application(about: Circumstances): Telling {
  const { random } = about;
  if (random.chance(likely.consultedBeforeRequest)) {
    yield* consultation(about);
    yield* betweenVisits(about);
  }
  yield* request(about, about.service);
  if (random.chance(likely.withdrawn)) {
    yield* withdrawal(about, delay(random, delays.clerkReturns));
    return;
  }
  if (!random.chance(likely.answeredToday)) return;
  if (!(yield* acceptance(about, about.service))) return;
  yield* execution(about);
}

function* request({ requestChannel, minutes }: Circumstances, service: ServiceName, anew = false): Telling {
  const spent = minutes();
  yield moment(spent, 'clerk', 'request', {
    channel: requestChannel,
    clerkMinutes: spent,
    ...(anew ? { service } : {}),
  });
}

/** The holder takes the case on or sends it back; true when somebody works on it in the end. */
function* acceptance(about: Circumstances, service: ServiceName): Generator<Moment, boolean, void> {
  const { random, otherService } = about;
  const first = service === about.service;
  const returned = first && random.chance(likely.wrongAuthority);
  const returnedLater = first && !returned && random.chance(likely.wrongAuthorityAfterAccepting);
  if (!returned) yield moment(delay(random, delays.holderAnswers), 'holder', 'accept');
  if (!returned && !returnedLater) return true;
  yield moment(delay(random, delays.holderAnswers), 'holder', 'reject', { proposedHolderId: otherService.holderId });
  const back = delay(random, delays.clerkReturns);
  if (!random.chance(likely.addressedAnew)) {
    yield moment(back, 'clerk', 'close', { reason: 'other' });
    return false;
  }
  yield* consultation(about, back);
  yield* request(about, otherService, true);
  return yield* acceptance(about, otherService);
}

function* execution(about: Circumstances): Telling {
  const { random, channel, minutes } = about;
  if (random.chance(likely.informationAsked)) {
    yield moment(delay(random, delays.holderAsks), 'holder', 'ask-information', {
      reason: chosen(random, informationReasons),
    });
    if (!random.chance(likely.informationProvidedToday)) return;
    const spent = minutes();
    yield moment(delay(random, delays.clientProvides), 'clerk', 'provide-information', {
      channel,
      clerkMinutes: spent,
    });
  }
  if (random.chance(likely.consultedWhileWaiting)) {
    yield* consultation(about, delay(random, delays.clerkReturns));
    yield moment(1, 'clerk', 'release');
  }
  if (random.chance(likely.withdrawn)) {
    yield* withdrawal(about, delay(random, delays.clerkReturns));
    return;
  }
  if (!random.chance(likely.decidedToday)) return;
  const outcome = chosen(random, outcomes);
  yield moment(delay(random, delays.holderDecides), 'holder', 'decide', { outcome, reason: reasonOf[outcome] });
  yield* delivery(about);
}

function* delivery(about: Circumstances): Telling {
  const { random, channel, minutes } = about;
  if (!random.chance(likely.deliveredToday)) return;
  const after = delay(random, delays.delivered);
  if (random.chance(likely.deliveredByHolder)) {
    const resultForm = random.chance(0.6) ? 'e_address' : 'electronic';
    yield moment(after, 'holder', 'deliver', { channel: 'e_service', resultForm, clerkMinutes: 0 });
  } else {
    const spent = Math.max(1, Math.round(minutes() / 2));
    const atDesk = channel === 'in_person' || channel === 'e_service';
    yield moment(after, 'clerk', 'deliver', {
      channel: atDesk ? 'in_person' : 'post',
      resultForm: atDesk ? 'at_centre' : 'post',
      clerkMinutes: spent,
    });
  }
  if (random.chance(0.5)) yield* evaluation(about);
  if (!random.chance(likely.closedAfterDelivery)) return;
  yield moment(1, 'clerk', 'close', { reason: 'completed' });
  if (!random.chance(likely.reopened)) return;
  yield moment(delay(random, delays.reopened), 'clerk', 'reopen', { reason: chosen(random, reopeningReasons) });
  yield* execution(about);
}

function* withdrawal({ random }: Circumstances, after: number): Telling {
  yield moment(after, 'clerk', 'withdraw', { reason: chosen(random, withdrawalReasons) });
}

function* evaluation({ random, channel, told }: Circumstances): Telling {
  if (!random.chance(likely.evaluated) || told.evaluated) return;
  told.evaluated = true;
  yield moment(delay(random, delays.evaluated), 'clerk', 'evaluate', {
    score: Number(chosen(random, scores)),
    channel,
  });
}

/** The clerk lets the case go, or another centre takes it over. */
function* betweenVisits({ random, otherCentre }: Circumstances): Telling {
  if (random.chance(likely.released)) yield moment(1, 'clerk', 'release');
  if (otherCentre !== undefined && random.chance(likely.handedOver)) {
    yield moment(1, 'clerk', 'hand-over', { toCentre: otherCentre, reason: chosen(random, handOverReasons) });
  }
}
