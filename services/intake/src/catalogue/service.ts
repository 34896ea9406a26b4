/**
 * A service of the catalogue: one entry a holder and title, named by one or several sources (files). Pure.
 *
 * Several sources may name one entry and say different things of it. Who says a thing first owns it: another source
 * adds what nobody has said (a further channel, an English title) and changes only what it said itself. So importing
 * the same files again and again, in any order, settles and makes no event. What a source said that no longer names the
 * entry stays until one that does says otherwise. Who owns what is read from the events.
 */
import { accept, type Decider, type Decision } from '@vienuviet/event-store';
import type { EventOf } from '@vienuviet/schemas';
import { v5 as uuidV5 } from 'uuid';
import type { Channel } from '../cases/codes.ts';
import type { Origin } from '../centres/centre.ts';
import {
  changesBetween,
  type Description,
  describedBy,
  type Owners,
  ownersAfter,
  type Statement,
} from './description.ts';

export type { Description, Statement } from './description.ts';
export type ServiceChannel = Channel;

export type ServiceEvent = EventOf<
  | 'intake.ServiceListed'
  | 'intake.ServiceChanged'
  | 'intake.ServiceSourceAdded'
  | 'intake.ServiceSourceRemoved'
  | 'intake.ServiceRetired'
  | 'intake.ServiceRelisted'
>;

export type ServiceState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'listed' | 'retired';
      readonly serviceId: string;
      readonly description: Description;
      readonly origin: EventOf<'intake.ServiceListed'>['data']['origin'];
      /** Sources that name it, in the order in which they began to. */
      readonly sources: readonly string[];
      /** Which source said what first. */
      readonly owners: Owners;
    };

interface Common {
  readonly serviceId: string;
  readonly source: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export type ServiceCommand = Common &
  (
    | { readonly type: 'state'; readonly statement: Statement; readonly origin: Origin }
    /** The source no longer names it. */
    | { readonly type: 'drop' }
  );

/** Ids of services are UUIDv5 in this namespace, so that every import finds the entry of an earlier one. */
const serviceNamespace = uuidV5('service.catalogue.vienuviet.lv', uuidV5.DNS);

/** The title as it is compared: case and runs of white space do not matter. */
export const normalisedTitle = (title: string): string =>
  title.normalize('NFC').replace(/\s+/g, ' ').trim().toLocaleLowerCase('lv');

/** Id of the entry of a holder under a title. */
export const serviceIdOf = (holderId: string, titleLv: string): string =>
  uuidV5(`${holderId}\n${normalisedTitle(titleLv)}`, serviceNamespace);

export const serviceDecider: Decider<ServiceCommand, ServiceState, ServiceEvent> = {
  initialState: { status: 'unknown' },
  decide: (command, state) => (command.type === 'state' ? stated(command, state) : dropped(command, state)),
  evolve,
};

type Known = Exclude<ServiceState, { status: 'unknown' }>;

function stated(command: Extract<ServiceCommand, { type: 'state' }>, state: ServiceState): Decision<ServiceEvent> {
  const { serviceId, source, statement, origin, actorId, now: occurredAt } = command;
  const act = { occurredAt, actorId };
  if (state.status === 'unknown') {
    const description = describedBy(statement, undefined, source, {}, []);
    return accept({ type: 'intake.ServiceListed', data: { serviceId, description, source, origin, ...act } });
  }
  if (state.status === 'retired') {
    const description = describedBy(statement, undefined, source, {}, []);
    return accept({ type: 'intake.ServiceRelisted', data: { serviceId, description, source, ...act } });
  }
  const events: ServiceEvent[] = [];
  if (!state.sources.includes(source)) {
    events.push({ type: 'intake.ServiceSourceAdded', data: { serviceId, source, ...act } });
  }
  const description = describedBy(statement, state.description, source, state.owners, state.sources);
  const changes = changesBetween(state.description, description);
  if (changes.length > 0) {
    events.push({ type: 'intake.ServiceChanged', data: { serviceId, description, changes, source, ...act } });
  }
  return accept(...events);
}

function dropped({ serviceId, source, actorId, now }: Common, state: ServiceState): Decision<ServiceEvent> {
  const act = { occurredAt: now, actorId };
  if (state.status !== 'listed' || !state.sources.includes(source)) return accept();
  if (state.sources.length === 1) return accept({ type: 'intake.ServiceRetired', data: { serviceId, ...act } });
  return accept({ type: 'intake.ServiceSourceRemoved', data: { serviceId, source, ...act } });
}

function evolve(state: ServiceState, event: ServiceEvent): ServiceState {
  if (event.type === 'intake.ServiceListed') {
    const { serviceId, description, source, origin } = event.data;
    return {
      status: 'listed',
      serviceId,
      description,
      origin,
      sources: [source],
      owners: ownersAfter({}, undefined, description, source),
    };
  }
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'intake.ServiceChanged':
      return described(state, event.data.description, event.data.source);
    case 'intake.ServiceSourceAdded':
      return { ...state, sources: [...without(state.sources, event.data.source), event.data.source] };
    case 'intake.ServiceSourceRemoved':
      return { ...state, sources: without(state.sources, event.data.source) };
    case 'intake.ServiceRetired':
      return { ...state, status: 'retired', sources: [] };
    case 'intake.ServiceRelisted': {
      const { description, source } = event.data;
      const owners = ownersAfter({}, undefined, description, source);
      return { ...state, status: 'listed', description, sources: [source], owners };
    }
    default:
      return state;
  }
}

const described = (state: Known, description: Description, source: string): Known => ({
  ...state,
  description,
  owners: ownersAfter(state.owners, state.description, description, source),
});

const without = (sources: readonly string[], source: string): string[] => sources.filter((name) => name !== source);
