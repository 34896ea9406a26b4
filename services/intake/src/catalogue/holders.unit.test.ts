import { isRegistrationNumber } from '@vienuviet/identifiers';
import { describe, expect, test } from 'vitest';
import table from './holders.json' with { type: 'json' };
import { holderCalled, slugOf } from './holders.ts';

describe('holders', () => {
  test.each([
    ['VSAA', 'vsaa'],
    ['VSAA-E', 'vsaa'],
    ['VALSTS IEŅĒMUMU DIENESTS', 'vid'],
    ['IeM IC', 'iem-ic'],
    ['ĀDAŽU NOVADA DOME', 'adazu-novada-dome'],
    ['Ķeguma  novada\npašvaldība', 'keguma-novada-pasvaldiba'],
  ])('%s is %s', (printed, holderId) => {
    expect(holderCalled(printed)?.holderId).toBe(holderId);
  });

  test('a city and the county of the same name are two', () => {
    expect(holderCalled('Daugavpils pilsētas dome')?.holderId).not.toBe(
      holderCalled('Daugavpils novada dome')?.holderId,
    );
  });

  test('carry their registration number where the data has it', () => {
    expect(holderCalled('VRAA')).toMatchObject({
      name: 'Valsts reģionālās attīstības aģentūra',
      registrationNumber: '90001733697',
    });
    expect(holderCalled('LAD')?.registrationNumber).toBeNull();
  });

  test('a name without letters is none', () => {
    expect(holderCalled(' – ')).toBeUndefined();
  });

  test('slugs are ASCII', () => {
    expect(slugOf('Vidzemes augstākā tiesa „Ķegums” Žīguri')).toBe('vidzemes-augstaka-tiesa-kegums-ziguri');
  });
});

test('the registration numbers of the table fit together', () => {
  for (const { registrationNumber } of table.holders) {
    if (registrationNumber !== undefined)
      expect(isRegistrationNumber(registrationNumber), registrationNumber).toBe(true);
  }
});
