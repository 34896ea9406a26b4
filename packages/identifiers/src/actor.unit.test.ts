import { codec, SchemaError } from '@vienuviet/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readActor, revealActor } from './actor.ts';
import { inventedPersonalCode, inventedRegistrationNumber } from './invented/index.ts';
import type { RefusalCode } from './refusals.ts';

const kindOf = (text: unknown): string => {
  const reading = readActor(text);
  return reading.accepted ? reading.identifier.kind : reading.refusal;
};

const examples: [kind: string, text: string][] = [
  ['resident', 'PK:16117519997'],
  ['resident', 'PK:32999912345'],
  ['official', 'AU:VSAA-PK:16117519997'],
  ['official', 'AU:90001669496-PK:16117519997'],
  ['official', 'AU:Cesu-novads.2-PK:16117519997'],
  ['system', 'AU:VSAA'],
  ['system', 'AU:90001733697'],
  ['authorised_person', 'DP:03030310012-PK:16117519997'],
  ['authorised_person', 'DP:40003584818-PK:16117519997'],
  ['authorised_person', 'DP:SIVA-PK:16117519997'],
  ['signatory', 'PK:16117519997-UR:40003584818'],
];

test.each(examples)('%s: %s, and back', (kind, text) => {
  const reading = readActor(text);
  expect(kindOf(text)).toBe(kind);
  expect(reading).toMatchObject({ accepted: true, warning: null });
  if (reading.accepted) expect(revealActor(reading.identifier)).toBe(text);
});

test.each(['PK:16117519998', 'DP:16117519998-PK:16117519997', 'DP:16117519997-PK:16117519998'])(
  '%s is accepted with the warning of its code',
  (text) => {
    expect(readActor(text)).toMatchObject({ accepted: true, warning: 'wrong_check_digit' });
  },
);

describe('is none', () => {
  const refused: [text: unknown, refusal: RefusalCode][] = [
    ['', 'empty'],
    [null, 'empty'],
    [16117519997, 'not_text'],
    [`AU:${'A'.repeat(200)}`, 'too_long'],
    ['16117519997', 'unknown_actor'],
    ['PK:161175-19997', 'unknown_actor'],
    ['pk:16117519997', 'unknown_actor'],
    [' PK:16117519997', 'unknown_actor'],
    ['PK:16117519997\n', 'unknown_actor'],
    ['PK:1611751999\u0667', 'unknown_actor'],
    ['\u0420\u041a:16117519997', 'unknown_actor'],
    ['PK:16117519997-AU:VSAA', 'unknown_actor'],
    ['UR:40003584818', 'unknown_actor'],
    ['DP:SIVA', 'unknown_actor'],
    ['PK:16137519997', 'impossible_date'],
    ['AU:VSAA-PK:16137519997', 'impossible_date'],
    ['DP:16137519997-PK:16117519997', 'impossible_date'],
    ['PK:16117519997-UR:40003584819', 'wrong_check_digit'],
    ['PK:16117519997-UR:16117519997', 'wrong_check_digit'],
    ['AU:VSAA-PK:1611', 'wrong_institution'],
    ['AU:', 'unknown_actor'],
    ['AU:-PK:16117519997', 'wrong_institution'],
    ['AU:VSAA\u200b', 'wrong_institution'],
    ['AU:V\u0405AA', 'wrong_institution'],
    ['DP:VSAA:X-PK:16117519997', 'wrong_institution'],
  ];
  test.each(refused)('%j: %s', (text, refusal) => {
    expect(kindOf(text)).toBe(refusal);
  });

  test.each(['16117519997', '161175-19997', 'x16117519997', 'Janis-161175-19997', 'a161175.19997', 'a16-11.75_19997'])(
    'an institution that is the personal code %s, which would stand in clear',
    (institution) => {
      expect(kindOf(`AU:${institution}`)).toBe('wrong_institution');
      expect(kindOf(`AU:${institution}-PK:16117519997`)).toBe('wrong_institution');
    },
  );
});

const code = fc
  .nat(79_999)
  .map((index) => inventedPersonalCode('actors', index, index % 3 === 0 ? 'new' : 'old').reveal());
const number = fc.nat(99_999).map((index) => inventedRegistrationNumber('actors', index));
const office = fc.oneof(number, fc.stringMatching(/^[A-Za-z]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?$/));
const actors = fc.oneof(
  code.map((one) => `PK:${one}`),
  fc.tuple(office, code).map(([at, one]) => `AU:${at}-PK:${one}`),
  office.map((at) => `AU:${at}`),
  fc.tuple(fc.oneof(code, office), code).map(([principal, one]) => `DP:${principal}-PK:${one}`),
  fc.tuple(code, number).map(([one, company]) => `PK:${one}-UR:${company}`),
);

describe('whatever comes in', () => {
  test('an actor is written as it was read', () => {
    fc.assert(
      fc.property(actors, (text) => {
        const reading = readActor(text);
        expect(reading.accepted && revealActor(reading.identifier)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is accepted is written back to the letter, and nothing is thrown', () => {
    const near = fc.tuple(actors, fc.nat(40), fc.string({ maxLength: 3 })).map(([text, at, put]) => {
      return text.slice(0, at) + put + text.slice(at);
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.anything(), fc.string()), (input) => {
        const reading = readActor(input);
        if (reading.accepted) expect(revealActor(reading.identifier)).toBe(input);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an actor with a personal code is no account: no event takes it in clear', () => {
    const data = { caseId: '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11', occurredAt: 0 };
    fc.assert(
      fc.property(actors, code, (text, one) => {
        for (const actorId of [text, one, `${one.slice(0, 6)}-${one.slice(6)}`, `${text}-x`]) {
          if (actorId.startsWith('AU:') && !actorId.includes('PK:')) continue;
          expect(() => codec.encode('intake.CaseReleased', { ...data, actorId })).toThrow(SchemaError);
        }
      }),
    );
  });
});
