/** Contracts made in memory, for tests of the checks. */
import { type Contract, contractOf } from '../contracts/contracts.ts';

export type Json = Record<string, unknown>;

/** A field with a doc; `type` and whatever else. */
export const field = (name: string, type: unknown, more: Json = {}): Json => ({ name, doc: `${name}.`, type, ...more });
export const optional = (name: string, type: unknown, more: Json = {}): Json =>
  field(name, ['null', type], { default: null, ...more });

export const uuid = { type: 'string', logicalType: 'uuid' };
export const millis = { type: 'long', logicalType: 'timestamp-millis' };
export const slug = { type: 'string', format: 'slug' };
export const enumOf = (name: string, ...symbols: string[]): Json => ({
  type: 'enum',
  name,
  doc: `${name}.`,
  symbols: ['unknown', ...symbols],
  default: 'unknown',
});

/** What every event on a topic carries. */
export const stamp = [field('occurredAt', millis), field('actorId', { type: 'string', format: 'account' })];

/** The record of the type `test.Painted` with these fields. */
export const painted = (fields: readonly Json[], more: Json = {}): Json => ({
  type: 'record',
  name: 'Painted',
  namespace: 'lv.vienuviet.test',
  doc: 'Something was painted.',
  fields,
  ...more,
});

/** The contract `test.Painted` in these versions. */
export const paintedIn = (...versions: Json[]): Contract =>
  contractOf(
    'test.Painted',
    versions.map((version) => JSON.stringify(version)),
  );
