import type { ConsumedEvent, Fold, Row } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';
import { FactError } from '../errors.ts';

type EventType = keyof EventMap;

/** The columns that an event gives another value; `at` is when it happened. Pure. */
type Change<Type extends EventType> = (row: Row, data: EventMap[Type], at: Date) => Row;

type Changes = { readonly [Type in EventType]?: Change<Type> };

/**
 * Folds of one table whose rows are keyed by one field of the events' data. The events of `opens` make a row with all
 * its columns, those of `changes` give some columns another value.
 */
export function foldsOf(
  keyField: string,
  { opens, changes }: { opens: Changes; changes: Changes },
): Readonly<Record<string, Fold>> {
  const key = (event: ConsumedEvent) => [(event.data as Row)[keyField]];
  const opening = Object.entries(opens).map(([type, open]) => [type, { key, apply: openRow(type, open as AnyChange) }]);
  const changing = Object.entries(changes).map(([type, change]) => [
    type,
    { key, apply: changeRow(type, change as AnyChange) },
  ]);
  return Object.fromEntries([...opening, ...changing]);
}

type AnyChange = (row: Row, data: object, at: Date) => Row;

const openRow = (type: string, open: AnyChange) => (row: Row | undefined, event: ConsumedEvent<string, object>) => {
  if (row !== undefined)
    throw new FactError('row_exists', `${type} for a row of ${event.streamId} that is there already`);
  return open({}, event.data, occurredAt(event));
};

const changeRow = (type: string, change: AnyChange) => (row: Row | undefined, event: ConsumedEvent<string, object>) => {
  if (row === undefined) throw new FactError('row_missing', `${type} for a row of ${event.streamId} that is not there`);
  return { ...row, ...change(row, event.data, occurredAt(event)) };
};

const occurredAt = (event: ConsumedEvent<string, object>): Date =>
  new Date((event.data as { occurredAt: number }).occurredAt);
