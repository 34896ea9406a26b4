import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foundIn, needlesOf } from './needles.ts';

const name = 'Zanda Kanārija-Ķemme';
const code = '16117519997';
const needles = needlesOf([name, code, 'kanarija@example.lv']);
const around = (text: string | Buffer): Buffer =>
  Buffer.concat([randomBytes(997), Buffer.from(text), randomBytes(501)]);
const json = (text: string): string =>
  [...text].map((c) => (c.charCodeAt(0) < 128 ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('');

describe('a planted leak is found', () => {
  test.each([
    ['as it is', name],
    ['in small letters', name.toLowerCase()],
    ['in capitals', name.toUpperCase()],
    ['without diacritics', 'zanda kanarija-kemme'],
    ['in hexadecimal, as bytea is shown', `\\x00${Buffer.from(name).toString('hex')}ff`],
    ['in capital hexadecimal', Buffer.from(name).toString('hex').toUpperCase()],
    ['in UTF-16', Buffer.from(name, 'utf16le')],
    ['in escapes of JSON', `{"name":"${json(name)}"}`],
    ['in an address', `/v1/clients?name=${encodeURIComponent(name)}`],
    ['the code without its dash', code],
    ['the code with its dash', '161175-19997'],
    ...[0, 1, 2].map((before): [string, string] => [
      `in base64, ${before} bytes in`,
      Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(name), Buffer.from('yz')]).toString('base64'),
    ]),
    ...[0, 1, 2].map((before): [string, string] => [
      `the code in base64url, ${before} bytes in`,
      Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(code), Buffer.from('yz')]).toString('base64url'),
    ]),
  ])('%s', (_how, leak) => {
    expect(foundIn(around(leak), needles)).not.toEqual([]);
  });
});

test('nothing is found where nothing is', () => {
  const haystack = Buffer.concat([randomBytes(500_000), Buffer.from('Zanda Kanepe, 16117519998, example.lv')]);
  expect(foundIn(haystack, needles)).toEqual([]);
});

test('texts that are found everywhere by chance are not looked for', () => {
  expect(() => needlesOf(['Anna'])).toThrow(RangeError);
});
