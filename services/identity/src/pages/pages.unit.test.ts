import { describe, expect, test } from 'vitest';
import { html } from './html.ts';
import { languageOf } from './language.ts';

describe('the language of a page', () => {
  test.each([
    [{}, 'lv'],
    [{ accepted: 'en-GB,en;q=0.9' }, 'en'],
    [{ accepted: 'de,en;q=0.5,lv;q=0.8' }, 'lv'],
    [{ accepted: 'lv;q=0,en;q=0.1' }, 'en'],
    [{ accepted: 'de' }, 'lv'],
    [{ accepted: 'lv', uiLocales: 'de en' }, 'en'],
    [{ accepted: 'lv', uiLocales: 'lv', switched: 'en' }, 'en'],
    [{ accepted: 'en', switched: '"><script>' }, 'en'],
    [{ accepted: `${'x,'.repeat(10_000)}en` }, 'lv'],
  ] as const)('of %j is %s', (asked, language) => {
    expect(languageOf(asked)).toBe(language);
  });
});

test('what is put into a page is text, unless it is HTML already', () => {
  const inner = html`<b>${'<i title="x">&\''}</b>`;
  expect(html`<p>${inner}${undefined}${false}</p>`.text).toBe('<p><b>&lt;i title=&quot;x&quot;&gt;&amp;&#39;</b></p>');
});
