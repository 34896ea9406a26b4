import { describe, expect, test } from 'vitest';
import { field, type Json, millis, optional, painted, paintedIn, slug, stamp, uuid } from '../testing/contracts.ts';
import { candidateProblems, versionOf } from './candidate.ts';

const v1 = painted([field('id', uuid), ...stamp]);
const contract = paintedIn(v1);
const problemsOf = (schema: Json, topic?: string): string[] =>
  candidateProblems(contract, JSON.stringify(schema), contract.versions, topic);

describe('a candidate for the next version', () => {
  test('could be committed when it adds what can be absent', () => {
    expect(problemsOf(painted([field('id', uuid), optional('at', millis), ...stamp]), 'test.painting')).toEqual([]);
  });

  test.each([
    {
      what: 'changes what is there',
      schema: painted([field('id', slug), ...stamp]),
      said: 'against v1: id: logicalType was "uuid"',
    },
    {
      what: 'breaks a rule of every version',
      schema: painted([field('id', uuid), optional('note', 'string'), ...stamp]),
      said: 'note: a string needs a format',
    },
    {
      what: 'cannot be read',
      schema: painted([field('id', uuid), field('it', slug), ...stamp]),
      said: 'cannot read v1',
    },
    { what: 'lost its stamps', schema: painted([field('id', uuid)]), said: 'has no actorId' },
  ])('could not when it $what', ({ schema, said }) => {
    expect(problemsOf(schema, 'test.painting').join('\n')).toContain(said);
  });

  test('is no candidate when it is another event', () => {
    expect(() => problemsOf({ ...v1, name: 'Drawn' })).toThrow('the record is called lv.vienuviet.test.Drawn');
  });
});

describe('a schema as somebody else has it', () => {
  const versions = paintedIn(
    painted([field('it', { type: 'int', minimum: 1 })]),
    painted([field('it', 'int', { default: { type: 1, doc: 1 } })]),
  );

  test('is known without what only we read, and with what only others read', () => {
    const foreign = {
      type: 'record',
      name: 'lv.vienuviet.test.Painted',
      fields: [{ name: 'it', type: { type: 'int', 'java-class': 'x' } }],
    };
    expect(versionOf(versions, JSON.stringify(foreign))?.version).toBe(1);
  });

  test('is told apart by its defaults, whatever is in them', () => {
    const like = (value: unknown): string => JSON.stringify(painted([field('it', 'int', { default: value })]));
    expect(versionOf(versions, like({ type: 1, doc: 1 }))?.version).toBe(2);
    expect(versionOf(versions, like({ type: 1, doc: 2 }))).toBeUndefined();
  });
});
