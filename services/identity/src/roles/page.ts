import type { Role } from '@vienuviet/http';
import { Html, html } from '../pages/html.ts';
import type { Language } from '../pages/language.ts';
import { page } from '../pages/page.ts';
import { roleNames, words } from './words.ts';

export interface RoleForm {
  readonly language: Language;
  readonly address: string;
  readonly roles: readonly Role[];
}

/** Asks in which of several roles somebody works now: one button a role. */
export function rolePage({ language, address, roles }: RoleForm): string {
  const { title, text, cancel } = words[language];
  const button = (role: Role) =>
    html`<button type="submit" name="role" value="${role}">${roleNames[role][language]}</button>`;
  return page({
    language,
    title,
    switchTo: (other) => `${address}?lang=${other}`,
    content: html`<p>${text}</p>
<form method="post" action="${address}">
<input type="hidden" name="lang" value="${language}">
${new Html(roles.map(button).join('\n'))}
<button type="submit" name="cancel" value="yes">${cancel}</button>
</form>`,
  });
}

/** Says that somebody who signed in has no role here. */
export function noRolePage({ language, address }: Omit<RoleForm, 'roles'>): string {
  const { none, noneText, cancel } = words[language];
  return page({
    language,
    title: none,
    switchTo: (other) => `${address}?lang=${other}`,
    content: html`<p role="alert">${noneText}</p>
<form method="post" action="${address}">
<input type="hidden" name="lang" value="${language}">
<button type="submit" name="cancel" value="yes">${cancel}</button>
</form>`,
  });
}
