/** What the services that have a store say of themselves by the operators' routes. */
import {
  acceptedBody,
  addressesOf,
  type Endpoints,
  type HttpAnswer,
  type Platform,
  PlatformError,
  type ServiceName,
  servicesWithStore,
} from '@vienuviet/simulation/platform';
import { OperatorError } from './errors.ts';

/** A projection or reaction as its service describes it. */
export interface Consumer {
  readonly name: string;
  readonly kind: 'projection' | 'reaction';
  readonly status: string;
  /** Code of the trouble. */
  readonly code: string | null;
  readonly trouble: string | null;
  readonly parkedKeys: number;
  readonly asOf: readonly {
    readonly topic: string;
    readonly partition: number;
    /** Last offset applied. */
    readonly offset: string;
    readonly lastEventAt: string | null;
    readonly lag: number;
  }[];
  readonly rebuild: Rebuild | null;
}

export interface Rebuild {
  readonly phase: string;
  readonly events: number;
  readonly total: number;
  readonly eventsPerSecond: number;
  readonly secondsLeft: number | null;
  readonly startedBy: string;
  readonly error?: string;
}

export interface FoundConsumer extends Consumer {
  readonly service: ServiceName;
}

interface Found<Answer> {
  readonly service: ServiceName;
  readonly answer: Answer;
  readonly headers: HttpAnswer['headers'];
}

interface Away {
  readonly service: ServiceName;
  readonly reason: string;
}

export interface Asked<Answer> {
  readonly found: readonly Found<Answer>[];
  /** Services that did not answer, with the reason. */
  readonly away: readonly Away[];
}

/** Asks every running service the same; one that is away does not keep the others from answering. */
export async function askServices<Answer>(
  platform: Platform,
  endpoints: Endpoints,
  account: string,
  path: string,
): Promise<Asked<Answer>> {
  const running = servicesWithStore(endpoints).filter((service) => addressesOf(endpoints, service).length > 0);
  if (running.length === 0) throw new PlatformError('not_started', 'no service with a store is running');
  const asked = await Promise.all(
    running.map(async (service): Promise<Found<Answer> | Away> => {
      try {
        const answer = await platform.ask(service, account, { method: 'GET', path });
        return { service, answer: acceptedBody<Answer>(answer), headers: answer.headers };
      } catch (error) {
        if (error instanceof PlatformError && error.code === 'unreachable') return { service, reason: error.message };
        throw error;
      }
    }),
  );
  const found = asked.flatMap((each) => ('answer' in each ? [each] : []));
  const away = asked.flatMap((each) => ('reason' in each ? [each] : []));
  if (found.length === 0) throw new PlatformError('unreachable', away[0]?.reason ?? 'no service answers');
  return { found, away };
}

/** All projections and reactions. */
export async function consumersOf(
  platform: Platform,
  endpoints: Endpoints,
  account: string,
): Promise<{ consumers: FoundConsumer[]; away: Asked<unknown>['away'] }> {
  const { found, away } = await askServices<Consumer[]>(platform, endpoints, account, '/v1/operations/projections');
  return { consumers: found.flatMap(({ service, answer }) => answer.map((each) => ({ ...each, service }))), away };
}

/** The consumer that `name` means: its name, or `<service>/<name>` where two services have one of that name. */
export function consumerCalled(consumers: readonly FoundConsumer[], name: string): FoundConsumer {
  const matching = consumers.filter((each) => each.name === name || `${each.service}/${each.name}` === name);
  const [first, second] = matching;
  if (first === undefined) {
    const known = consumers.map((each) => `${each.service}/${each.name}`).sort();
    throw new OperatorError('usage', `there is no projection or reaction ${name}; there are: ${known.join(', ')}`);
  }
  if (second !== undefined) {
    throw new OperatorError(
      'usage',
      `${name} is in several services: say ${first.service}/${name} or ${second.service}/${name}`,
    );
  }
  return first;
}
