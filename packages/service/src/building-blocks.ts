import type { ConsumedEvent, Fold, ProjectedTable, Projection, Reaction, ReactionAppend } from '@vienuviet/event-bus';
import type { EventMap, EventType } from '@vienuviet/schemas';

type Folds = { readonly [Type in EventType]?: Fold<EventMap[Type]> };
type Reactions = {
  readonly [Type in EventType]?: (
    event: ConsumedEvent<Type, EventMap[Type]>,
    memory: never,
  ) => readonly ReactionAppend[];
};

interface TypedProjection extends Omit<Projection, 'tables'> {
  readonly tables: Readonly<Record<string, Omit<ProjectedTable, 'on'> & { readonly on: Folds }>>;
}

interface TypedReaction extends Omit<Reaction, 'on'> {
  readonly on: Reactions;
}

/** Declares a projection; each fold knows the data of its event type from the contracts. */
export const defineProjection = (projection: TypedProjection): Projection => projection as unknown as Projection;

/** Declares a reaction; each answer knows the data of its event type from the contracts. */
export const defineReaction = (reaction: TypedReaction): Reaction => reaction as unknown as Reaction;
