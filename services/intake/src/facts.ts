/**
 * What a command on one stream must know of another: a case of its service and its centre. Read from the streams
 * themselves and not from the tables, which lag; and the append checks that they have not moved on since, under the
 * order lock. So no case is registered at a centre after it closed, however close the two come.
 */
import type { Decider, EventStore, StreamRead } from '@vienuviet/event-store';
import { type ServiceState, serviceDecider } from './catalogue/service.ts';
import { type CentreState, centreDecider } from './centres/centre.ts';
import { type SubjectState, subjectDecider } from './erasure/subject.ts';

export interface Fact<State> {
  readonly state: State;
  readonly read: StreamRead;
}

/** The service as its stream says now. */
export const serviceFact = (store: EventStore, serviceId: string): Promise<Fact<ServiceState>> =>
  factOf(store, serviceDecider, 'service', serviceId);

/** The centre as its stream says now. */
export const centreFact = (store: EventStore, centreId: string): Promise<Fact<CentreState>> =>
  factOf(store, centreDecider, 'centre', centreId);

/** What is wanted with what is kept of a person: whether it is erased, or held. */
export const subjectFact = (store: EventStore, subjectId: string): Promise<Fact<SubjectState>> =>
  factOf(store, subjectDecider, 'subject', subjectId);

async function factOf<State, Event>(
  store: EventStore,
  decider: Decider<never, State, Event>,
  streamType: string,
  id: string,
): Promise<Fact<State>> {
  const streamId = `${streamType}-${id}`;
  const events = await store.readStream(streamId);
  const state = events.reduce((before, event) => decider.evolve(before, event as Event), decider.initialState);
  return { state, read: { streamId, streamType, version: events.at(-1)?.version ?? 0 } };
}
