import { Html, html } from '../pages/html.ts';
import type { Language } from '../pages/language.ts';
import { page } from '../pages/page.ts';
import { words } from './words.ts';

export type SignInError = 'accountMissing' | 'passwordMissing' | 'wrong' | 'tooMany';

/** The field that an error is about; a wrong pair is shown at the first, and says nothing of which one is wrong. */
const fieldOf = {
  accountMissing: 'account',
  passwordMissing: 'password',
  wrong: 'account',
  tooMany: 'account',
} as const;

export interface SignInForm {
  readonly language: Language;
  readonly address: string;
  readonly application: string;
  readonly account?: string | undefined;
  readonly errors?: readonly SignInError[];
}

export function signInPage({ language, address, application, account = '', errors = [] }: SignInForm): string {
  const text = words[language];
  const errorAt = (field: 'account' | 'password') => errors.find((error) => fieldOf[error] === field);
  // The keyboard starts where there is something to do.
  const focused = errors[0] === undefined ? 'account' : fieldOf[errors[0]];
  const attributes = (field: 'account' | 'password') =>
    new Html(
      [
        `id="${field}" name="${field}" required`,
        focused === field ? 'autofocus' : '',
        errorAt(field) === undefined ? '' : `aria-invalid="true" aria-describedby="${field}-error"`,
      ].join(' '),
    );
  const message = (field: 'account' | 'password') => {
    const error = errorAt(field);
    return error && html`<p class="field-error" id="${field}-error">${text[error]}</p>`;
  };
  const summary =
    errors.length > 0 &&
    html`<div class="error" role="alert"><p>${text.errors}</p><ul>${new Html(
      errors.map((error) => html`<li><a href="#${fieldOf[error]}">${text[error]}</a></li>`).join(''),
    )}</ul></div>`;
  return page({
    language,
    title: errors.length > 0 ? text.titleWithError : text.title,
    switchTo: (other) => `${address}?lang=${other}`,
    content: html`<p>${text.to} <strong>${application}</strong></p>
${summary}
<form method="post" action="${address}" novalidate>
<input type="hidden" name="lang" value="${language}">
<label for="account">${text.account}</label>
${message('account')}
<input type="text" autocomplete="username" autocapitalize="none" spellcheck="false" value="${account}" ${attributes('account')}>
<label for="password">${text.password}</label>
${message('password')}
<input type="password" autocomplete="current-password" ${attributes('password')}>
<button type="submit">${text.signIn}</button>
<button type="submit" name="cancel" value="yes">${text.cancel}</button>
</form>`,
  });
}

/**
 * Why there is no form: its time is over, passwords are not taken here, something of ours or of the upstream provider
 * does not work, its answer does not hold, the person turned back there, or has no account here.
 */
export type NoForm =
  | 'expired'
  | 'unavailable'
  | 'trouble'
  | 'upstreamAway'
  | 'upstreamRefused'
  | 'upstreamDenied'
  | 'noAccount';

/** `again` is where to begin once more. */
export function tellingPage(language: Language, what: NoForm, again?: string): string {
  const text = words[language];
  return page({
    language,
    title: text[what],
    content: html`<p role="alert">${text[`${what}Text`]}</p>
${again && html`<p><a href="${again}">${text.again}</a></p>`}`,
  });
}
