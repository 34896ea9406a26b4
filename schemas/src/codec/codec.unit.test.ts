import { describe, expect, test } from 'vitest';
import { contractOf } from '../contracts/contracts.ts';
import { giveIds } from '../contracts/give-ids.ts';
import { codec, type EventMap, type EventType, SchemaError } from '../index.ts';
import { codecOf, maximumPayload } from './codec.ts';

const id = '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11';
const at = Date.UTC(2026, 2, 2, 8);
const stamp = { occurredAt: at, actorId: 'clerk-1' };

const evaluated: EventMap['intake.CaseEvaluated'] = {
  caseId: id,
  score: 5,
  channel: 'in_person',
  ...stamp,
};
const opened: EventMap['intake.CentreOpened'] = {
  centreId: id,
  name: 'VPVKAC Cēsis',
  kind: 'administrative_centre',
  municipalityId: 'cesu-novads',
  municipalityName: 'Cēsu novads',
  address: 'Parauga iela 1, Cēsis',
  openingHours: [{ weekday: 1, periods: [{ opens: '08:00', closes: '24:00' }] }],
  origin: 'report',
  ...stamp,
};

const refusalOf = (act: () => unknown): SchemaError => {
  try {
    act();
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('data that do not fit are refused with the path of the field', () => {
  const cases: readonly { what: string; type: EventType; data: object; path: string; problem: string }[] = [
    { what: 'an unknown field', data: { comment: 'thanks' }, path: 'comment', problem: 'is no field of the schema' },
    {
      what: 'an unknown field that is undefined',
      data: { comment: undefined },
      path: 'comment',
      problem: 'is no field',
    },
    { what: 'a missing field', data: { score: undefined }, path: 'score', problem: 'is missing' },
    {
      what: 'null where a value is needed',
      data: { score: null },
      path: 'score',
      problem: 'a whole number from 1 to 5',
    },
    { what: 'a fraction', data: { score: 4.5 }, path: 'score', problem: 'is 4.5, and has to be a whole number' },
    { what: 'NaN', data: { score: Number.NaN }, path: 'score', problem: 'is NaN' },
    { what: 'a number above its maximum', data: { score: 6 }, path: 'score', problem: 'is 6' },
    { what: 'a number as text', data: { score: '5' }, path: 'score', problem: 'is a string of 1 characters' },
    { what: 'an instant as a Date', data: { occurredAt: new Date(at) }, path: 'occurredAt', problem: 'is an object' },
    {
      what: 'a number that avsc would not carry exactly',
      data: { occurredAt: 2 ** 52 },
      path: 'occurredAt',
      problem: 'is 4503599627370496',
    },
    {
      what: 'an infinite instant',
      data: { occurredAt: Number.POSITIVE_INFINITY },
      path: 'occurredAt',
      problem: 'Infinity',
    },
    { what: 'a UUID of the wrong shape', data: { caseId: `${id}0` }, path: 'caseId', problem: 'a UUID in lower case' },
    { what: 'a UUID in capitals', data: { caseId: id.toUpperCase() }, path: 'caseId', problem: 'a UUID in lower case' },
    {
      what: 'a symbol that the enum lacks',
      data: { channel: 'fax' },
      path: 'channel',
      problem: 'one of unknown, in_person',
    },
    {
      what: 'a personal code as account',
      data: { actorId: '161175-19997' },
      path: 'actorId',
      problem: 'never a personal code',
    },
    {
      what: 'a personal code in an actor string',
      data: { actorId: 'PK:16117519997' },
      path: 'actorId',
      problem: 'never a personal code',
    },
    {
      what: 'a personal code with something behind a dash',
      data: { actorId: 'PK:16117519997-2' },
      path: 'actorId',
      problem: 'never a personal code',
    },
    { what: 'half a surrogate pair', data: { actorId: 'a\ud800' }, path: 'actorId', problem: 'no well-formed Unicode' },
    { what: 'the character NUL', data: { actorId: 'a\0' }, path: 'actorId', problem: 'NUL' },
  ].map((one) => ({ ...one, type: 'intake.CaseEvaluated', data: { ...evaluated, ...one.data } }));
  const ofCentre = [
    {
      what: 'a time that is none, deep inside',
      data: { openingHours: [{ weekday: 1, periods: [{ opens: '8:00', closes: '12:00' }] }] },
      path: 'openingHours[0].periods[0].opens',
      problem: 'a time of day',
    },
    {
      what: 'a hole in a list',
      data: { openingHours: new Array(1) },
      path: 'openingHours[0]',
      problem: 'is undefined',
    },
    {
      what: 'a list that is none',
      data: { openingHours: { length: 0 } },
      path: 'openingHours',
      problem: 'is an object',
    },
    { what: 'a line break in a name', data: { name: 'VPVKAC\nCēsis' }, path: 'name', problem: 'one line' },
    { what: 'space around a name', data: { name: ' VPVKAC' }, path: 'name', problem: 'without space around it' },
    { what: 'an empty name', data: { name: '' }, path: 'name', problem: 'one line' },
    {
      what: 'letters beyond ASCII in a slug',
      data: { municipalityId: 'cēsu-novads' },
      path: 'municipalityId',
      problem: 'an ASCII slug',
    },
  ].map((one) => ({ ...one, type: 'intake.CentreOpened' as const, data: { ...opened, ...one.data } }));

  test.each([...cases, ...ofCentre])('$what', ({ type, data, path, problem }) => {
    const { code, message, path: found } = refusalOf(() => codec.encode(type, data));
    expect({ code, path: found }).toEqual({ code: 'invalid_data', path });
    expect(message).toContain(`${type}.${path}`);
    expect(message).toContain(problem);
  });

  test('a refusal never repeats a text, which could be a person’s words', () => {
    const { message } = refusalOf(() => codec.encode('intake.CaseEvaluated', { ...evaluated, caseId: 'Anna Bērziņa' }));
    expect(message).not.toContain('Anna');
  });

  test('an account that happens to hold many digits is no personal code', () => {
    const actorId = '12345678-1234-4234-8234-123456789012';
    expect(codec.decode(codec.encode('intake.CaseEvaluated', { ...evaluated, actorId }).payload).data).toMatchObject({
      actorId,
    });
  });

  test('an event that Kafka would not take is not made', () => {
    const changes = Array.from({ length: 40 }, () => ({
      field: 'titleLv',
      before: 'x'.repeat(8000),
      after: 'y'.repeat(8000),
    }));
    const description = {
      titleLv: 'x',
      titleEn: null,
      holderId: 'vsaa',
      holderName: 'VSAA',
      holderRegistrationNumber: null,
      channels: [],
      electronicStages: [],
      processingTimes: [],
      supportLevel: null,
      authorisedEService: false,
      lifeEvents: [],
      template: null,
    };
    const data = { serviceId: id, description, source: 't', ...stamp };
    const { code, message } = refusalOf(() => codec.encode('intake.ServiceChanged', { ...data, changes }));
    expect({ code, tells: message.includes(String(maximumPayload)) }).toEqual({ code: 'invalid_data', tells: true });
    const large = codec.encode('intake.ServiceChanged', { ...data, changes: changes.slice(0, 30) });
    expect(large.payload.length).toBeGreaterThan(480_000);
    expect(codec.decode(large.payload).data).toMatchObject({ changes: { length: 30 } });
  });
});

describe('messages', () => {
  const { payload, schemaId } = codec.encode('intake.CaseReleased', { caseId: id, ...stamp });

  test('begin with a zero byte and the id of the schema, and go on with the Avro body', () => {
    expect(payload.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 0, schemaId]));
    expect(payload.subarray(5, 6 + 36).toString()).toBe(`H${id}`);
  });

  test('tell type and version of their schema by its id', () => {
    expect(codec.schemaOf(schemaId)).toEqual({ type: 'intake.CaseReleased', version: 1 });
  });

  test('of one encoding are not touched by the next', () => {
    const first = codec.encode('intake.CaseEvaluated', evaluated).payload;
    const copy = Buffer.from(first);
    codec.encode('intake.CaseEvaluated', { ...evaluated, score: 1 });
    expect(first).toEqual(copy);
  });

  test.each([
    { what: 'no bytes at all', bytes: Buffer.alloc(0), code: 'undecodable' },
    { what: 'a frame that is cut off', bytes: payload.subarray(0, 4), code: 'undecodable' },
    { what: 'another frame', bytes: Buffer.from(payload.with(0, 1)), code: 'undecodable' },
    { what: 'an id that nobody gave', bytes: Buffer.from(payload.with(1, 0x7f)), code: 'unknown_schema' },
    { what: 'a negative id', bytes: Buffer.from(payload.with(1, 0xff)), code: 'unknown_schema' },
    { what: 'no body', bytes: payload.subarray(0, 5), code: 'undecodable' },
    { what: 'a body that is cut off', bytes: payload.subarray(0, -1), code: 'undecodable' },
    { what: 'bytes behind the body', bytes: Buffer.concat([payload, Buffer.from([0])]), code: 'undecodable' },
    { what: 'a tombstone', bytes: null as unknown as Buffer, code: 'undecodable' },
  ])('with $what are refused', ({ bytes, code }) => {
    expect(refusalOf(() => codec.decode(bytes)).code).toBe(code);
  });

  test('of an event that does not exist cannot be made', () => {
    expect(refusalOf(() => codec.encode('intake.CaseForgotten', {})).code).toBe('unknown_type');
    expect(refusalOf(() => codec.encode('toString', {})).code).toBe('unknown_type');
  });
});

describe('an event in several versions', () => {
  const color = (...symbols: string[]) => ({
    type: 'enum',
    name: 'Color',
    symbols: ['unknown', ...symbols],
    default: 'unknown',
  });
  const optional = (type: unknown) => ({ type: ['null', type], default: null });
  const version = (...fields: object[]): string =>
    JSON.stringify({ type: 'record', name: 'Painted', namespace: 'lv.vienuviet.test', fields });
  const key = { name: 'id', type: { type: 'string', logicalType: 'uuid' } };
  const texts = [
    version(key, { name: 'color', type: color('red') }),
    version(
      key,
      { name: 'color', type: color('red', 'blue') },
      { name: 'at', ...optional({ type: 'long', logicalType: 'timestamp-millis' }) },
    ),
    version(
      { name: 'by', ...optional({ type: 'string', logicalType: 'uuid' }) },
      key,
      { name: 'color', type: color('red', 'blue') },
      { name: 'at', ...optional({ type: 'long', logicalType: 'timestamp-millis' }) },
    ),
  ];
  const codecWith = (count: number) => {
    const contract = contractOf('test.Painted', texts.slice(0, count));
    const byType = new Map([[contract.type, contract]]);
    return codecOf({ folder: '', byType, lock: giveIds({ byType, lock: [] }).lock });
  };

  test('is written in the newest and read as the newest, whichever wrote it', () => {
    const [first, second, third] = [codecWith(1), codecWith(2), codecWith(3)];
    const old = first.encode('test.Painted', { id, color: 'red' });
    const middle = second.encode('test.Painted', { id, color: 'blue', at });
    expect([old.schemaId, middle.schemaId]).toEqual([1, 2]);
    expect(third.decode(old.payload)).toEqual({
      type: 'test.Painted',
      schemaId: 1,
      data: { by: null, id, color: 'red', at: null },
    });
    expect(third.decode(middle.payload)).toEqual({
      type: 'test.Painted',
      schemaId: 2,
      data: { by: null, id, color: 'blue', at },
    });
    expect(third.encode('test.Painted', { by: id, id, color: 'blue', at: null }).schemaId).toBe(3);
  });

  test('from newer contracts is an unknown schema to older ones, which wait or skip but do not guess', () => {
    const { payload } = codecWith(3).encode('test.Painted', { by: null, id, color: 'blue', at });
    expect(refusalOf(() => codecWith(1).decode(payload)).code).toBe('unknown_schema');
  });
});
