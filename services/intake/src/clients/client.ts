/** A client of the network: a natural or legal person whose data are sealed. Pure; it never sees them in clear. */
import { accept, type Decider, type Decision } from '@vienuviet/event-store';
import type { EventOf, Sealed } from '@vienuviet/schemas';
import { refuseWith } from '../refusal.ts';

export const clientKinds = ['natural', 'legal'] as const;
export type ClientKind = (typeof clientKinds)[number];
export const languages = ['lv', 'en', 'ru', 'other'] as const;
export type Language = (typeof languages)[number];
export const mergeReasons = ['same_code', 'code_changed', 'misspelt', 'client_said'] as const;
export type MergeReason = (typeof mergeReasons)[number];
export const grounds = ['parent', 'guardian', 'trustee', 'power_of_attorney', 'board_member', 'procuration'] as const;
export type Ground = (typeof grounds)[number];

/** What is sealed of a client, in the order of the events. */
export const sealedFields = ['personalCode', 'clientName', 'phone', 'email', 'eAddress', 'postalAddress'] as const;
export type SealedFieldName = (typeof sealedFields)[number];

/** What is known of a client, all of it. */
export interface ClientRecord {
  readonly kind: ClientKind;
  readonly registrationNumber: string | null;
  readonly personalCode: Sealed | null;
  readonly codeConfirmed: boolean;
  readonly clientName: Sealed;
  readonly phone: Sealed | null;
  readonly email: Sealed | null;
  readonly eAddress: Sealed | null;
  readonly postalAddress: Sealed | null;
  readonly language: Language;
}

export type ClientEvent = EventOf<
  | 'intake.ClientRegistered'
  | 'intake.ClientChanged'
  | 'intake.ClientMerged'
  | 'intake.ClientMergeUndone'
  | 'intake.RepresentativeNamed'
  | 'intake.RepresentativeEnded'
>;

export interface Representation {
  readonly representativeId: string;
  readonly ground: Ground | 'unknown';
  readonly validUntil: number | null;
}

export type ClientState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'known' | 'merged';
      readonly kind: ClientKind | 'unknown';
      /** Where it was registered. */
      readonly centreId: string;
      readonly mergedInto: string | null;
      readonly representatives: readonly Representation[];
    };

interface Common {
  readonly subjectId: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export type ClientCommand = Common &
  (
    | { readonly type: 'register'; readonly centreId: string; readonly record: ClientRecord }
    /** `changed`: names of what is another than before; the record is the whole one, sealed anew. */
    | { readonly type: 'change'; readonly record: ClientRecord; readonly changed: readonly string[] }
    | {
        readonly type: 'merge';
        readonly intoSubjectId: string;
        readonly into: ClientState;
        readonly reason: MergeReason;
      }
    | { readonly type: 'undoMerge' }
    | ({ readonly type: 'nameRepresentative'; readonly representative: ClientState } & Representation)
    | { readonly type: 'endRepresentative'; readonly representativeId: string }
  );

export const clientDecider: Decider<ClientCommand, ClientState, ClientEvent> = {
  initialState: { status: 'unknown' },
  decide,
  evolve,
};

type KnownClient = Exclude<ClientState, { status: 'unknown' }>;

function decide(command: ClientCommand, state: ClientState): Decision<ClientEvent> {
  const { subjectId, actorId, now: occurredAt } = command;
  const stamp = { occurredAt, actorId };
  if (command.type === 'register') {
    if (state.status !== 'unknown') return refuseWith('client_exists', 'This client is registered already.');
    const { centreId, record } = command;
    return accept({ type: 'intake.ClientRegistered', data: { subjectId, centreId, ...record, ...stamp } });
  }
  if (state.status === 'unknown') return notFound(subjectId);
  if (command.type === 'undoMerge') return undoMerge(command, state);
  if (state.status === 'merged') {
    return refuseWith('client_merged', `This client goes under ${state.mergedInto} now.`, {
      intoSubjectId: state.mergedInto,
    });
  }
  switch (command.type) {
    case 'change': {
      const { record, changed } = command;
      if (changed.length === 0) return accept();
      return accept({ type: 'intake.ClientChanged', data: { subjectId, ...record, changed: [...changed], ...stamp } });
    }
    case 'merge':
      return merge(command, state);
    case 'nameRepresentative':
      return nameRepresentative(command, state);
    case 'endRepresentative': {
      const { representativeId } = command;
      if (!state.representatives.some((one) => one.representativeId === representativeId)) {
        return refuseWith('representative_unknown', 'This person does not act for the client.');
      }
      return accept({ type: 'intake.RepresentativeEnded', data: { subjectId, representativeId, ...stamp } });
    }
  }
}

const notFound = (subjectId: string): Decision<ClientEvent> =>
  refuseWith('client_not_found', `There is no client ${subjectId}.`);

function merge(command: Extract<ClientCommand, { type: 'merge' }>, state: KnownClient): Decision<ClientEvent> {
  const { subjectId, intoSubjectId, into, reason, now: occurredAt, actorId } = command;
  if (subjectId === intoSubjectId) return refuseWith('client_same', 'A client is not merged with itself.');
  if (into.status === 'unknown') return notFound(intoSubjectId);
  if (into.status === 'merged') {
    return refuseWith('client_merged', `That client goes under ${into.mergedInto} now.`, {
      intoSubjectId: into.mergedInto,
    });
  }
  if (into.kind !== state.kind) {
    return refuseWith('client_kinds_differ', 'A natural and a legal person are never one client.');
  }
  return accept({
    type: 'intake.ClientMerged',
    data: { subjectId, intoSubjectId, reason, occurredAt, actorId },
  });
}

function undoMerge({ subjectId, now: occurredAt, actorId }: ClientCommand, state: KnownClient): Decision<ClientEvent> {
  if (state.mergedInto === null) return refuseWith('client_not_merged', 'This client was not merged.');
  const data = { subjectId, fromSubjectId: state.mergedInto, occurredAt, actorId };
  return accept({ type: 'intake.ClientMergeUndone', data });
}

function nameRepresentative(
  command: Extract<ClientCommand, { type: 'nameRepresentative' }>,
  state: KnownClient,
): Decision<ClientEvent> {
  const { subjectId, representativeId, representative, ground, validUntil, now: occurredAt, actorId } = command;
  if (subjectId === representativeId) return refuseWith('client_same', 'Nobody represents themselves.');
  if (representative.status !== 'known' || representative.kind !== 'natural') {
    return refuseWith('representative_unknown', 'Who acts for a client is a natural person and registered too.');
  }
  if (validUntil !== null && validUntil <= occurredAt) {
    return refuseWith('representation_over', 'The representation would be over already.');
  }
  const known = state.representatives.find((one) => one.representativeId === representativeId);
  if (known?.ground === ground && known.validUntil === validUntil) return accept();
  const data = { subjectId, representativeId, ground, validUntil, occurredAt, actorId };
  return accept({ type: 'intake.RepresentativeNamed', data });
}

function evolve(state: ClientState, event: ClientEvent): ClientState {
  if (event.type === 'intake.ClientRegistered') {
    const { kind, centreId } = event.data;
    return { status: 'known', kind, centreId, mergedInto: null, representatives: [] };
  }
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'intake.ClientChanged':
      return { ...state, kind: event.data.kind };
    case 'intake.ClientMerged':
      return { ...state, status: 'merged', mergedInto: event.data.intoSubjectId };
    case 'intake.ClientMergeUndone':
      return { ...state, status: 'known', mergedInto: null };
    case 'intake.RepresentativeNamed': {
      const { representativeId, ground, validUntil } = event.data;
      return {
        ...state,
        representatives: [...without(state, representativeId), { representativeId, ground, validUntil }],
      };
    }
    case 'intake.RepresentativeEnded':
      return { ...state, representatives: without(state, event.data.representativeId) };
    default:
      return state;
  }
}

const without = ({ representatives }: KnownClient, id: string): readonly Representation[] =>
  representatives.filter(({ representativeId }) => representativeId !== id);
