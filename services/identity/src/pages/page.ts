import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
import { type Language, languages } from './language.ts';

const style = `
:root{color-scheme:light dark;background:Canvas;color:CanvasText}
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}
nav{text-align:right}
label{display:block;font-weight:600;margin-top:1rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:2px solid GrayText;border-radius:.25rem}
button{font:inherit;padding:.5rem 1.25rem;margin:1.5rem .75rem 0 0;border:2px solid currentColor;border-radius:.25rem}
:focus-visible{outline:3px solid #1a66cc;outline-offset:2px}
.error{border-left:.3rem solid #b3261e;padding:.25rem 1rem}
.field-error{margin:.25rem 0;font-weight:600}
.detail{font-size:.9rem}
.code{display:block;width:13rem;height:auto}
#secret{overflow-wrap:anywhere}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Names of the languages in themselves. */
const namesOf: Readonly<Record<Language, string>> = { lv: 'Latviešu', en: 'English' };

/**
 * What a page may load and where its form may lead: nothing but its own style, no script. Browsers hold `form-action`
 * against redirects too, so a sign-in names the origin that it returns to.
 */
export const contentSecurityPolicy = (formOrigins: readonly string[] = []): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action ${["'self'", ...formOrigins].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** A whole page; `switchTo` gives the address of the same page in another language, where there is one. */
export function page(settings: {
  readonly language: Language;
  readonly title: string;
  readonly content: Html;
  readonly switchTo?: ((language: Language) => string) | undefined;
}): string {
  const { language, title, content, switchTo } = settings;
  const others = languages.filter((other) => other !== language);
  const links =
    switchTo &&
    html`<nav>${new Html(
      others
        .map((other) => html`<a href="${switchTo(other)}" lang="${other}" hreflang="${other}">${namesOf[other]}</a>`)
        .join(' '),
    )}</nav>`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Vienuviet</title>
<style>${new Html(style)}</style>
</head>
<body>
${links}
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text;
}
