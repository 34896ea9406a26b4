/** A centre of the network: opened, changed, closed. Pure. */
import { accept, type Decider, type Decision } from '@vienuviet/event-store';
import type { EventOf } from '@vienuviet/schemas';
import { refuseWith } from '../refusal.ts';
import { faultOf, inOrder, type OpeningHours } from './opening-hours.ts';

export const centreKinds = [
  'administrative_centre',
  'parish',
  'library',
  'local',
  'county',
  'regional',
  'national',
] as const;
export type CentreKind = (typeof centreKinds)[number];
/** `operator`: entered by hand. */
export const origins = ['report', 'invented', 'operator'] as const;
export type Origin = (typeof origins)[number];

export interface CentreRecord {
  readonly name: string;
  readonly kind: CentreKind | 'unknown';
  /** ASCII slug of the municipality's name. */
  readonly municipalityId: string;
  readonly municipalityName: string;
  readonly address: string;
  readonly openingHours: OpeningHours;
}

export type CentreEvent = EventOf<'intake.CentreOpened' | 'intake.CentreChanged' | 'intake.CentreClosed'>;

/** As events have it: a later version of the schema may know further ones. */
type CentreEventOrigin = EventOf<'intake.CentreOpened'>['data']['origin'];

export type CentreState =
  | { readonly status: 'unknown' }
  | ({
      readonly status: 'open' | 'closed';
      readonly centreId: string;
      readonly origin: CentreEventOrigin;
    } & CentreRecord);

interface Common {
  readonly centreId: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export type CentreCommand = Common &
  (
    | ({ readonly type: 'open'; readonly origin: Origin } & CentreRecord)
    | ({ readonly type: 'change' } & Partial<CentreRecord>)
    /** `openCases`: how many cases of the centre have not ended, counted while nothing could be appended. */
    | { readonly type: 'close'; readonly openCases: number }
  );

export const centreDecider: Decider<CentreCommand, CentreState, CentreEvent> = {
  initialState: { status: 'unknown' },
  decide,
  evolve,
};

const fields = ['name', 'kind', 'municipalityId', 'municipalityName', 'address', 'openingHours'] as const;

const recordOf = (source: CentreRecord): CentreRecord => ({
  name: source.name,
  kind: source.kind,
  municipalityId: source.municipalityId,
  municipalityName: source.municipalityName,
  address: source.address,
  openingHours: inOrder(source.openingHours),
});

function decide(command: CentreCommand, state: CentreState): Decision<CentreEvent> {
  const { centreId, actorId, now: occurredAt } = command;
  if (command.type === 'open') {
    if (state.status !== 'unknown') return refuseWith('centre_exists', `There is a centre ${centreId} already.`);
    const fault = faultOf(command.openingHours);
    if (fault !== undefined) return refuseWith('invalid_opening_hours', `Opening hours: ${fault}.`);
    const data = { centreId, ...recordOf(command), origin: command.origin, occurredAt, actorId };
    return accept({ type: 'intake.CentreOpened', data: data as Mutable<typeof data> });
  }
  if (state.status === 'unknown') return refuseWith('centre_not_found', `There is no centre ${centreId}.`);
  if (state.status === 'closed') return refuseWith('centre_closed', `The centre ${centreId} is closed.`);
  if (command.type === 'change') return change(command, state);
  if (command.openCases > 0) {
    return refuseWith('centre_has_open_cases', `Hand over or end the ${command.openCases} open cases first.`, {
      openCases: command.openCases,
    });
  }
  return accept({ type: 'intake.CentreClosed', data: { centreId, occurredAt, actorId } });
}

type KnownCentre = Exclude<CentreState, { status: 'unknown' }>;

function change(command: Extract<CentreCommand, { type: 'change' }>, state: KnownCentre): Decision<CentreEvent> {
  const { centreId, actorId, now: occurredAt } = command;
  const fault = command.openingHours === undefined ? undefined : faultOf(command.openingHours);
  if (fault !== undefined) return refuseWith('invalid_opening_hours', `Opening hours: ${fault}.`);
  const given = Object.fromEntries(
    fields.flatMap((field) => (command[field] === undefined ? [] : [[field, command[field]]])),
  );
  const record = recordOf({ ...state, ...given });
  const changed = fields.filter((field) => JSON.stringify(record[field]) !== JSON.stringify(state[field]));
  if (changed.length === 0) return accept();
  const data = { centreId, ...record, origin: state.origin, changed, occurredAt, actorId };
  return accept({ type: 'intake.CentreChanged', data: data as Mutable<typeof data> });
}

function evolve(state: CentreState, event: CentreEvent): CentreState {
  switch (event.type) {
    case 'intake.CentreOpened': {
      const { centreId, origin } = event.data;
      return { status: 'open', centreId, origin, ...recordOf(event.data) };
    }
    case 'intake.CentreChanged':
      return state.status === 'unknown' ? state : { ...state, ...recordOf(event.data) };
    case 'intake.CentreClosed':
      return state.status === 'unknown' ? state : { ...state, status: 'closed' };
    default:
      return state;
  }
}

/** Generated types of arrays are mutable; what goes into an event is not touched again. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;
