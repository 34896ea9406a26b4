import { createHash } from 'node:crypto';
import type { Fault } from '../consumer/envelope.ts';
import type { Step } from '../consumer/plan-batch.ts';
import { BusError, messageOf } from '../errors.ts';
import type { ConsumedEvent, Fold, Projection, Queryable, Row } from '../types.ts';
import { arrayLiteral, asLoaded, type Column, columnText, rowTypes, sameValue } from './column-values.ts';
import type { TableAccess } from './table-access.ts';

/** A row while a batch is folded: as it was loaded, and as the events leave it. */
interface Slot {
  readonly key: readonly string[];
  readonly original: Row | undefined;
  current: Row | undefined;
}

interface Target {
  readonly table: TableAccess;
  readonly fold: Fold;
  /** Place of the slot among those of its table. */
  readonly slot: string;
}

type ApplyStep = Extract<Step, { kind: 'apply' }>;

/** Called for a step that turned out to be faulty; it and all later ones of its key are parked by the caller. */
type OnFault = (step: ApplyStep, fault: Fault) => void;

/**
 * Folds the events of a batch into the tables: loads the rows of all keys by one query a table, folds in memory and
 * writes what changed by arrays, up to three statements a table.
 *
 * Partitions are handled at the same time and may touch the same row: loaded rows are locked when `shared`, and a
 * row that somebody else inserted meanwhile ends the batch with `write_conflict`, to be done again.
 */
export async function foldBatch(
  tx: Queryable,
  projection: Projection,
  tables: ReadonlyMap<string, TableAccess>,
  steps: readonly ApplyStep[],
  shared: boolean,
  isParked: (key: string) => boolean,
  onFault: OnFault,
): Promise<void> {
  const wanted = new Map<string, Map<string, readonly string[]>>();
  const targets = new Map<ApplyStep, Target[]>();
  for (const step of steps) {
    if (isParked(step.key)) continue;
    try {
      targets.set(step, targetsOf(projection, tables, step.event, wanted));
    } catch (error) {
      onFault(step, { code: 'fold_failed', reason: messageOf(error) });
    }
  }
  const slots = new Map<string, Map<string, Slot>>();
  const loading = [...wanted].map(async ([name, keys]) =>
    slots.set(name, await loadSlots(tx, tables.get(name)!, keys, shared)),
  );
  await Promise.all(loading);
  for (const step of steps) {
    if (isParked(step.key)) continue;
    try {
      fold(step.event, targets.get(step) ?? [], slots);
    } catch (error) {
      onFault(step, { code: 'fold_failed', reason: messageOf(error) });
    }
  }
  await Promise.all([...slots].map(([name, rows]) => writeSlots(tx, tables.get(name)!, rows)));
}

function targetsOf(
  projection: Projection,
  tables: ReadonlyMap<string, TableAccess>,
  event: ConsumedEvent<string, never>,
  wanted: Map<string, Map<string, readonly string[]>>,
): Target[] {
  const targets: Target[] = [];
  const found: [string, string, readonly string[]][] = [];
  for (const [name, definition] of Object.entries(projection.tables)) {
    const rule = definition.on[event.type];
    if (rule === undefined) continue;
    const values = rule.key(event);
    if (values === undefined) continue;
    const table = tables.get(name)!;
    if (values.length !== table.key.length) {
      throw new TypeError(
        `${name}: the key of ${event.type} has ${values.length} values, the table's has ${table.key.length}`,
      );
    }
    const key = table.key.map((column, i) => {
      const text = columnText(column, values[i]);
      if (text === null) throw new TypeError(`${name}: ${column.name} of the key is null for ${event.type}`);
      return text;
    });
    const slot = key.length === 1 ? key[0]! : JSON.stringify(key);
    targets.push({ table, fold: rule, slot });
    found.push([name, slot, key]);
  }
  for (const [name, slot, key] of found) {
    let keys = wanted.get(name);
    if (keys === undefined) {
      keys = new Map();
      wanted.set(name, keys);
    }
    keys.set(slot, key);
  }
  return targets;
}

async function loadSlots(
  tx: Queryable,
  table: TableAccess,
  keys: ReadonlyMap<string, readonly string[]>,
  shared: boolean,
): Promise<Map<string, Slot>> {
  // In the order of the keys, so that two batches that meet lock in the same order.
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
  const { rows } = await tx.query<unknown[]>({
    ...named(shared ? table.sql.loadLocked : table.sql.load),
    values: table.key.map((_, i) => arrayLiteral(sorted.map(([, key]) => key[i]!))),
    rowMode: 'array',
    types: rowTypes,
  } as never);
  const slots = new Map<string, Slot>(
    sorted.map(([slot, key]) => [slot, { key, original: undefined, current: undefined }]),
  );
  for (const values of rows) {
    const [slot, key] = sorted[(values[0] as number) - 1]!;
    const row: Row = {};
    for (let i = 0; i < table.columns.length; i++) row[table.columns[i]!.name] = values[i + 1];
    Object.freeze(row);
    slots.set(slot, { key, original: row, current: row });
  }
  return slots;
}

/** All tables or none: an event that one table's fold refuses leaves no trace in another. */
function fold(
  event: ConsumedEvent<string, never>,
  targets: readonly Target[],
  slots: ReadonlyMap<string, Map<string, Slot>>,
) {
  const results: [Slot, Row | undefined][] = [];
  for (const { table, fold: rule, slot: place } of targets) {
    const slot = slots.get(table.name)!.get(place)!;
    const next = rule.apply(slot.current, event);
    if (next === undefined) continue;
    results.push([slot, next === null ? undefined : completeRow(table, slot.key, next)]);
  }
  for (const [slot, row] of results) slot.current = row;
}

/** The row with every column as it will be loaded: what a row does not name has its default. */
function completeRow(table: TableAccess, key: readonly string[], row: Row): Row {
  for (const name in row) {
    if (!table.byName.has(name)) throw new TypeError(`${table.name} has no column ${name}`);
  }
  const complete: Row = {};
  for (const column of table.columns) {
    const value = row[column.name];
    complete[column.name] = value === undefined ? column.fallback : asLoaded(column, value);
  }
  table.key.forEach((column, i) => {
    if (row[column.name] === undefined) complete[column.name] = asLoaded(column, fromKey(column, key[i]!));
    else if (columnText(column, row[column.name]) !== key[i]) {
      throw new TypeError(`${table.name}: the row's ${column.name} is not its key`);
    }
  });
  return Object.freeze(complete);
}

/** The value of a key column out of its text. */
function fromKey({ family }: Column, text: string): unknown {
  if (family === 'number') return Number(text);
  if (family === 'boolean') return text === 't';
  return family === 'instant' ? new Date(text) : text;
}

async function writeSlots(tx: Queryable, table: TableAccess, slots: ReadonlyMap<string, Slot>): Promise<void> {
  const inserts: Row[] = [];
  const updates: Row[] = [];
  const removes: (readonly string[])[] = [];
  for (const { key, original, current } of slots.values()) {
    if (current === original) continue;
    if (current === undefined) removes.push(key);
    else if (original === undefined) inserts.push(current);
    else if (differs(table, original, current)) updates.push(current);
  }
  const writing: Promise<void>[] = [];
  if (removes.length > 0) {
    const values = table.key.map((_, i) => arrayLiteral(removes.map((key) => key[i]!)));
    writing.push(write(tx, table.sql.remove, values, removes.length));
  }
  if (updates.length > 0) writing.push(write(tx, table.sql.update, columnArrays(table, updates), updates.length));
  if (inserts.length > 0) writing.push(write(tx, table.sql.insert, columnArrays(table, inserts), inserts.length));
  await Promise.all(writing);
}

const differs = (table: TableAccess, one: Row, other: Row): boolean =>
  table.columns.some((column) => !sameValue(column, one[column.name], other[column.name]));

const columnArrays = (table: TableAccess, rows: readonly Row[]): string[] =>
  table.columns.map((column) => arrayLiteral(rows.map((row) => columnText(column, row[column.name]))));

async function write(tx: Queryable, text: string, values: readonly string[], rows: number): Promise<void> {
  const { rowCount } = await tx.query({ ...named(text), values: values as string[] });
  if (rowCount === rows) return;
  throw new BusError(
    'write_conflict',
    `${rows - (rowCount ?? 0)} rows were changed by another partition's batch meanwhile`,
  );
}

const names = new Map<string, string>();

/** Prepared once a connection; the name follows from the text. */
function named(text: string): { name: string; text: string } {
  let name = names.get(text);
  if (name === undefined) {
    name = `bus_${createHash('sha1').update(text).digest('base64url')}`;
    names.set(text, name);
  }
  return { name, text };
}
