import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contracts } from '../index.ts';
import {
  enumOf,
  field,
  type Json,
  millis,
  optional,
  painted,
  paintedIn,
  slug,
  stamp,
  uuid,
} from '../testing/contracts.ts';
import { candidateProblems } from './candidate.ts';
import { personalFieldProblems, publicFields } from './personal-fields.ts';
import { ruleProblems } from './rules.ts';

const problemsOf = (...fields: Json[]): string[] => {
  const { type, versions } = paintedIn(painted(fields));
  return personalFieldProblems(type, versions[0]!.schema);
};
const line = { type: 'string', format: 'name' };
const words = { type: 'string', format: 'public_text' };
const code = { type: 'string', format: 'code' };
const recordOf = (name: string, ...fields: Json[]): Json => ({ type: 'record', name, doc: `${name}.`, fields });

describe('a planted field that is called like personal data and is not sealed', () => {
  test.each([
    ...[
      'personalCode',
      'clientPersonalCode',
      'personalcode',
      'personasKods',
      'persCode',
      'pk',
      'clientPK',
      'nationalId',
    ],
    ...[
      'name',
      'firstName',
      'surname',
      'fullname',
      'familyName',
      'vards',
      'uzvards',
      'clientName',
      'names',
      'fileName',
    ],
    ...['phone', 'phoneNumber', 'mobile', 'telephone', 'talrunis', 'email', 'eMail', 'epasts', 'mail', 'fax'],
    ...['eAddress', 'address', 'homeAddress', 'adrese', 'street', 'postcode', 'ipAddress'],
    ...['birthDate', 'dateOfBirth', 'dzimsanasDatums', 'bornOn', 'passportNumber', 'identityDocument'],
    ...['bankAccount', 'iban', 'accountNumber', 'applicant', 'clientNumber', 'representativeRole', 'phone2'],
  ])('%s, whatever its format', (name) => {
    const said = `${name} is called like personal data: seal it`;
    for (const type of [line, code, slug, 'string', 'int']) {
      expect(problemsOf(field('caseId', uuid), field(name, type)).join('\n')).toContain(said);
    }
    expect(problemsOf(optional(name, line)).join('\n')).toContain(said);
    expect(problemsOf(field(name, { type: 'array', items: line })).join('\n')).toContain(said);
    expect(problemsOf(field(name, { type: 'map', values: 'boolean' })).join('\n')).toContain(said);
    expect(problemsOf(field(name, { type: 'fixed', name: 'F', size: 16 })).join('\n')).toContain(said);
    expect(problemsOf(field(name, 'bytes', { pii: 'caseId' }))).toEqual([]);
    expect(problemsOf(optional(name, 'bytes', { pii: 'caseId' }))).toEqual([]);
  });

  test.each(['gender', 'age', 'nationality', 'hasDisability', 'healthState', 'birthYear', 'maritalStatus'])(
    '%s, even as yes or no, an instant or one of a list',
    (name) => {
      for (const type of ['boolean', enumOf('Kind', 'one'), millis, 'int']) {
        expect(problemsOf(field(name, type))).toHaveLength(1);
      }
    },
  );

  test.each(['note', 'comment', 'evaluationComment', 'message', 'answerText', 'reason', 'explanation', 'piezimes'])(
    '%s, where the format takes words',
    (name) => {
      expect(problemsOf(field(name, words))).toHaveLength(1);
      expect(problemsOf(field(name, code))).toEqual([]);
      expect(problemsOf(field(name, enumOf('Reason', 'moved')))).toEqual([]);
    },
  );

  test('deep inside, by its path', () => {
    const contact = recordOf('Contact', field('kind', code), field('phone', code));
    const found = problemsOf(field('visits', { type: 'array', items: recordOf('Visit', field('contacts', contact)) }));
    expect(found).toEqual([expect.stringContaining('visits.contacts.phone is called')]);
  });

  test('by what it is part of', () => {
    const client = recordOf(
      'Client',
      field('subjectId', uuid),
      field('kind', enumOf('Kind', 'one')),
      field('given', line),
    );
    expect(problemsOf(field('client', client))).toEqual([expect.stringContaining('client.given is called')]);
    expect(problemsOf(field('homeAddress', recordOf('Place', field('line', line))))).toHaveLength(1);
  });

  test('in a record that contains itself', () => {
    const person = recordOf('Node', field('email', line), optional('next', 'Node'));
    expect(problemsOf(field('first', person))).toEqual([expect.stringContaining('first.email is called')]);
  });
});

test.each([
  ['subjectId', uuid],
  ['clientId', uuid],
  ['addressId', uuid],
  ['phoneConfirmed', 'boolean'],
  ['emailSentAt', millis],
  ['customerKind', enumOf('CustomerKind', 'natural')],
  ['actorId', { type: 'string', format: 'account' }],
  ['stage', code],
  ['message', { type: 'string', format: 'digest' }],
  ['registrationNumber', { type: 'string', format: 'registration_number' }],
])('%s of its type is nobody’s data', (name, type) => {
  expect(problemsOf(field(name, type))).toEqual([]);
});

test('the rule stands against the contract, and against a candidate for its next version', () => {
  const planted = painted([field('id', uuid), optional('phone', code), ...stamp]);
  const contract = paintedIn(painted([field('id', uuid), ...stamp]));
  const { versions } = paintedIn(planted);
  expect(ruleProblems(contract, versions[0]!, undefined)).toEqual([
    { file: 'test/Painted/v1.avsc', problem: expect.stringContaining('phone is called like personal data') },
  ]);
  expect(candidateProblems(contract, JSON.stringify(planted), contract.versions, undefined)).toEqual([
    expect.stringContaining('phone is called like personal data'),
  ]);
});

describe('what only sounds personal', () => {
  test.each(publicFields.flatMap(({ path, events }) => events.map((type) => [type, path] as const)))(
    '%s has %s, and would be refused without being named',
    (type, path) => {
      const { schema } = contracts.byType.get(type)!.versions[0]!;
      expect(personalFieldProblems(type, schema)).toEqual([]);
      expect(personalFieldProblems('test.Painted', schema).join('\n')).toContain(
        `${path} is called like personal data`,
      );
    },
  );

  test('is public in the named events only', () => {
    expect(problemsOf(field('municipalityName', line))).toHaveLength(1);
  });
});

test('however a name is put together, a word of the list is found in it', () => {
  const other = fc.constantFrom('new', 'old', 'second', 'of', 'to', 'contact');
  const personal = fc.constantFrom('phone', 'email', 'surname', 'address', 'name', 'iban', 'gender');
  const humped = (parts: string[]): string =>
    parts.map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1))).join('');
  fc.assert(
    fc.property(
      fc.array(other, { maxLength: 3 }),
      personal,
      fc.array(other, { maxLength: 3 }),
      (before, word, after) => {
        expect(problemsOf(field(humped([...before, word, ...after]), code))).toHaveLength(1);
      },
    ),
  );
});
