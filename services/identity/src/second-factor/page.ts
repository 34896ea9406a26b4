import { renderSVG } from 'uqr';
import { Html, html } from '../pages/html.ts';
import type { Language } from '../pages/language.ts';
import { page } from '../pages/page.ts';
import { enrolmentAddress } from './codes.ts';
import { words } from './words.ts';

export type CodeError = 'codeMissing' | 'codeWrong' | 'tooMany';

export interface CodeForm {
  readonly language: Language;
  readonly address: string;
  readonly application: string;
  /** What the device is to share, where the account has no second factor yet. */
  readonly enrolment?: { readonly secret: string; readonly accountId: string } | undefined;
  readonly error?: CodeError | undefined;
}

/** The page that asks for a code; where there is no device yet, it shows the secret first. */
export function codePage({ language, address, application, enrolment, error }: CodeForm): string {
  const text = words[language];
  const summary =
    error &&
    html`<div class="error" role="alert"><p>${text.errors}</p><ul><li><a href="#code">${text[error]}</a></li></ul></div>`;
  const invalid = error ? 'aria-invalid="true" aria-describedby="code-error"' : '';
  return page({
    language,
    title: titleOf(text, enrolment !== undefined, error !== undefined),
    switchTo: (other) => `${address}?lang=${other}`,
    content: html`<p>${text.to} <strong>${application}</strong></p>
${summary}
<p>${enrolment ? text.whyEnrol : text.why}</p>
${enrolment && sharedWith(enrolment, text)}
<form method="post" action="${address}" novalidate>
<input type="hidden" name="lang" value="${language}">
<label for="code">${text.code}</label>
${error && html`<p class="field-error" id="code-error">${text[error]}</p>`}
<input type="text" inputmode="numeric" autocomplete="one-time-code" id="code" name="code" required autofocus ${new Html(invalid)}>
<button type="submit">${text.confirm}</button>
<button type="submit" name="cancel" value="yes">${text.cancel}</button>
</form>
${enrolment === undefined && html`<p class="detail">${text.lost}</p>`}`,
  });
}

type Text = (typeof words)[Language];

const titleOf = (text: Text, enrols: boolean, failed: boolean): string => {
  if (failed) return text.titleWithError;
  return enrols ? text.enrol : text.title;
};

/** The secret as a picture and as text in groups of four: not everybody sees the one, or has a camera. */
function sharedWith({ secret, accountId }: { secret: string; accountId: string }, text: Text): Html {
  const picture = renderSVG(enrolmentAddress(secret, accountId), { pixelSize: 4, border: 4 });
  const named = picture.replace('<svg ', () => html`<svg class="code" role="img" aria-label="${text.picture}" `.text);
  const groups = secret.match(/.{1,4}/g)?.join(' ');
  return html`${new Html(named)}
<p>${text.secret}: <code id="secret">${groups}</code></p>`;
}
