import { describe, expect, test } from 'vitest';
import { type RecordSchema, readSchema } from './avro-schema.ts';
import { sealedFieldsOf } from './sealed-fields.ts';

const uuid = { type: 'string', logicalType: 'uuid' };
const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, fields });
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });
const event = (...fields: object[]) =>
  readSchema(record('Registered', [field('subjectId', uuid), ...fields])) as RecordSchema;

describe('the sealed fields of an event', () => {
  test('are found wherever they stand in records, with their subjects', () => {
    const representative = record('Representative', [
      field('personId', uuid),
      field('name', 'bytes', { pii: 'representative.personId' }),
      field('phone', ['null', 'bytes'], { pii: 'representative.personId', default: null }),
    ]);
    expect(
      sealedFieldsOf(
        event(
          field('name', 'bytes', { pii: 'subjectId' }),
          field('channel', { type: 'string', format: 'slug' }),
          field('representative', ['null', representative], { default: null }),
        ),
      ),
    ).toEqual([
      { path: ['name'], subject: ['subjectId'] },
      { path: ['representative', 'name'], subject: ['representative', 'personId'] },
      { path: ['representative', 'phone'], subject: ['representative', 'personId'] },
    ]);
  });

  test.each([
    ['in a list', field('names', { type: 'array', items: 'bytes' }, { pii: 'subjectId' })],
    ['in a map', field('names', { type: 'map', values: ['null', 'bytes'] }, { pii: 'subjectId' })],
    [
      'in records of a list',
      field('people', { type: 'array', items: record('One', [field('name', 'bytes', { pii: 'subjectId' })]) }),
    ],
  ])('are refused %s', (_where, wrong) => {
    expect(() => sealedFieldsOf(event(wrong))).toThrow('sealed fields stand in records, not in lists');
  });

  test('are looked for in lists of records that contain themselves', () => {
    const node = (...fields: object[]) =>
      field('tree', { type: 'array', items: record('Node', [field('next', ['null', 'Node']), ...fields]) });
    expect(sealedFieldsOf(event(node()))).toEqual([]);
    expect(() => sealedFieldsOf(event(node(field('name', 'bytes', { pii: 'subjectId' }))))).toThrow('not in lists');
  });

  test.each(['person', 'subject', 'channel', 'subjectId.x', '', undefined])('are refused for the subject %s', (pii) => {
    const wrong = event(field('channel', 'string'), field('name', 'bytes', { pii }));
    expect(() => sealedFieldsOf(wrong)).toThrow('name: "pii" has to be the path of a UUID of the event');
  });
});
