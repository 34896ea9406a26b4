/**
 * The plan of a day: the scripts of all its cases. A pure value of seed, date and centres; made anew it is the same,
 * which is how an interrupted day goes on and how two people look at one day.
 */
import { createHash } from 'node:crypto';
import type { Day } from '../calendar/working-days.ts';
import { type Random, randomFor } from '../chance/seeded-random.ts';
import { type Arrival, arrivalsOf, expectedCases } from '../demand/arrivals.ts';
import { type Centre, sampleCentres } from '../demand/centres.ts';
import type { DemandKind } from '../demand/service-mix.ts';
import { sharedServices } from '../sample-data/municipal-services.ts';
import type { CaseScript, DayPlan, ServiceName } from './case-script.ts';
import { customerKinds, likely, minutesOf, purposesOf, remoteChannels } from './likelihoods.ts';
import { idOf, scriptOf } from './make-script.ts';
import { chosen, storyOf } from './stories.ts';

export interface PlanRequest {
  readonly seed: string;
  readonly date: Day;
  /** How many centres take part (the featured ones first), or their slugs; all when not given. */
  readonly centres?: number | readonly string[];
  /** Cases for each of the day; 1.45 reaches the target of 350,000 a year. */
  readonly scale?: number;
}

/** The people of these centres are the ones to try the platform with. */
const featured: readonly string[] = ['aizkraukle', 'cesis'];

export const isSampleCentre = (slug: string): boolean => sampleCentres().some((centre) => centre.slug === slug);

/** Centres of a request. Throws on a slug that no centre has. */
export function chosenCentres(all: readonly Centre[], wanted: PlanRequest['centres'], seed: string): Centre[] {
  if (wanted === undefined) return [...all];
  if (typeof wanted === 'number') {
    const first = all.filter(({ slug }) => featured.includes(slug));
    const others = randomFor(seed, 'centres of the day').shuffle(all.filter(({ slug }) => !featured.includes(slug)));
    return [...first, ...others].slice(0, wanted);
  }
  return wanted.map((slug) => {
    const centre = all.find((each) => each.slug === slug);
    if (centre === undefined) throw new RangeError(`no centre of the sample is called ${slug}`);
    return centre;
  });
}

const channelsOf = (kind: DemandKind, random: Random): { channel: string; requestChannel: string } => {
  if (kind === 'desk') return { channel: 'in_person', requestChannel: 'in_person' };
  if (kind === 'authorised_e_service') return { channel: 'e_service', requestChannel: 'e_service' };
  const channel = chosen(random, remoteChannels);
  return { channel, requestChannel: channel };
};

/** A service of the municipality, for a case that came to the wrong institution; or the other way round. */
const anotherService = (centre: Centre, service: ServiceName, random: Random): ServiceName =>
  service.holderId === centre.municipalHolderId
    ? { holderId: 'vsaa', titleLv: 'Slimības pabalsts' }
    : { holderId: centre.municipalHolderId, titleLv: random.pick(sharedServices)[0] };

interface Visit {
  readonly seed: string;
  readonly date: Day;
  readonly centre: Centre;
  readonly arrival: Arrival;
  readonly number: number;
  readonly subjectId: string | null;
  readonly otherCentre: string | undefined;
}

function caseOf({ seed, date, centre, arrival, number, subjectId, otherCentre }: Visit): CaseScript {
  const name = `${centre.slug}/${number}`;
  const random = randomFor(seed, 'case', date, name);
  const { kind } = arrival;
  const service = { holderId: arrival.service.holderId, titleLv: arrival.service.titleLv };
  const purpose = chosen(random, purposesOf[kind] as Readonly<Record<string, number>>);
  const { channel, requestChannel } = channelsOf(kind, random);
  const minutes = (): number => Math.max(1, Math.round(minutesOf[kind] * (0.4 + 1.2 * random.next())));
  const body = {
    service,
    subjectId,
    anonymous: subjectId === null,
    channel,
    purpose,
    customerKind: chosen(random, customerKinds),
    crossBorder: random.chance(likely.crossBorder),
    clerkMinutes: 1,
  };
  const story = storyOf({
    random,
    purpose,
    channel,
    requestChannel,
    service,
    otherService: anotherService(centre, service, random),
    otherCentre,
    minutes,
    uuid: (what) => idOf(seed, date, name, what),
    told: { evaluated: false },
  });
  return scriptOf(
    { seed, date, name, centre: centre.slug, minute: arrival.minute, holderId: service.holderId, body },
    story,
    random,
  );
}

/** Subject ids of a centre's clients: most are new, some come twice on one day, some stay anonymous. */
function clientOf(seed: string, date: Day, centre: Centre, number: number, earlier: readonly string[]): string | null {
  const random = randomFor(seed, 'client', date, centre.slug, number);
  if (random.chance(likely.anonymous)) return null;
  if (earlier.length > 0 && random.chance(likely.sameClient)) return random.pick(earlier);
  return idOf(seed, date, centre.slug, 'client', number);
}

/** Makes the plan of a day: no clock, no chance but the seed's, no I/O. */
export function makePlan({ seed, date, centres: wanted, scale = 1 }: PlanRequest): DayPlan {
  const all = sampleCentres();
  const centres = chosenCentres(all, wanted, seed);
  const expected = expectedCases(all, Number(date.slice(0, 4)));
  const cases = centres.flatMap((centre) => {
    const neighbour = centres.find(
      ({ slug, municipalityId }) => slug !== centre.slug && municipalityId === centre.municipalityId,
    );
    const clients: string[] = [];
    return arrivalsOf(seed, centre, date, expected(centre, date) * scale).map((arrival, index) => {
      const subjectId = clientOf(seed, date, centre, index, clients);
      if (subjectId !== null) clients.push(subjectId);
      return caseOf({ seed, date, centre, arrival, number: index + 1, subjectId, otherCentre: neighbour?.slug });
    });
  });
  return { seed, date, centres: centres.map(({ slug }) => slug), cases };
}

/** SHA-256 of the plan: two days with the same digest are the same, command by command. */
export const planDigest = (plan: DayPlan): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex');
