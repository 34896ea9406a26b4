import { describe, expect, test } from 'vitest';
import { chooseLanguage } from './language.ts';

describe('the language of an answer', () => {
  test.each([
    [undefined, 'lv'],
    ['', 'lv'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['lv-LV,en;q=0.8', 'lv'],
    ['en;q=0.3, lv;q=0.9', 'lv'],
    ['de, en;q=0.5', 'en'],
    ['de', 'lv'],
    ['en, lv', 'en'],
    ['*', 'lv'],
    ['en;q=0', 'lv'],
    ['en;q=nonsense', 'lv'],
    ['en;q=7', 'lv'],
    [';;;,,,q=1', 'lv'],
    ['english', 'lv'],
  ])('Accept-Language %j is answered in %s', (header, language) => {
    expect(chooseLanguage(header)).toBe(language);
  });
});
