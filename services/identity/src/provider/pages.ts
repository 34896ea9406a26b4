import type { KoaContextWithOIDC } from 'oidc-provider';
import { Html, html } from '../pages/html.ts';
import { type Language, languageOf } from '../pages/language.ts';
import { contentSecurityPolicy, page } from '../pages/page.ts';

/** What the provider shows itself. */
export interface ProviderPages {
  error(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string | undefined }): void;
  logout(ctx: KoaContextWithOIDC, form: string): void;
  /** Somebody has signed in where somebody else is signed in. */
  switchPerson(ctx: KoaContextWithOIDC, form: string): void;
  loggedOut(ctx: KoaContextWithOIDC): void;
}

const words = {
  lv: {
    error: 'Pieteikšanās neizdevās',
    advice: 'Atgriezieties lietotnē, no kuras nācāt, un mēģiniet vēlreiz.',
    ask: 'Vai vēlaties izrakstīties?',
    askText: 'Jūs izrakstīsieties no visām Vienuviet lietotnēm šajā pārlūkā.',
    yes: 'Jā, izrakstīties',
    no: 'Nē, palikt',
    other: 'Šajā pārlūkā ir pieteicies cits konts',
    otherText: 'Lai turpinātu ar kontu, ar kuru tikko pieteicāties, otrs konts tiks izrakstīts.',
    goOn: 'Turpināt',
    done: 'Jūs esat izrakstījies',
    doneText: 'Šo lapu var aizvērt.',
    detail: 'Informācija uzturētājiem',
  },
  en: {
    error: 'Signing in did not work',
    advice: 'Go back to the application that you came from and try again.',
    ask: 'Do you want to sign out?',
    askText: 'You will be signed out of all Vienuviet applications in this browser.',
    yes: 'Yes, sign out',
    no: 'No, stay signed in',
    other: 'Another account is signed in in this browser',
    otherText: 'To go on with the account that you have just signed in with, the other one is signed out.',
    goOn: 'Go on',
    done: 'You are signed out',
    doneText: 'You can close this page.',
    detail: 'Information for maintainers',
  },
} as const;

/** What a person can make of an error, by its code; others get the general advice. */
const advice: Readonly<Record<string, Record<Language, string>>> = {
  invalid_client: {
    lv: 'Lietotne, no kuras nācāt, šeit nav reģistrēta.',
    en: 'The application that you came from is not registered here.',
  },
  invalid_redirect_uri: {
    lv: 'Adrese, uz kuru atgriezties, nav tā, kuru lietotne ir reģistrējusi. Jums nekas nav jādara; ziņojiet lietotnes uzturētājam.',
    en: 'The address to return to is not the one that the application registered. Tell whoever maintains the application.',
  },
  server_error: {
    lv: 'Kļūda ir mūsu pusē. Lūdzu, mēģiniet pēc brīža.',
    en: 'The error is on our side. Please try again in a moment.',
  },
};

/** The same address in another language; a page that answers a form has none. */
const switchOf = (ctx: KoaContextWithOIDC) =>
  ctx.method !== 'GET'
    ? undefined
    : (language: Language): string => {
        const query = new URLSearchParams(ctx.querystring);
        query.set('lang', language);
        return `${ctx.path}?${query}`;
      };

const first = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const languageOfContext = (ctx: KoaContextWithOIDC): Language =>
  languageOf({
    switched: first(ctx.query['lang']),
    uiLocales: first(ctx.query['ui_locales']),
    accepted: ctx.get('accept-language'),
  });

function show(ctx: KoaContextWithOIDC, title: string, content: Html, formOrigins: readonly string[] = []): void {
  ctx.type = 'html';
  ctx.set('content-security-policy', contentSecurityPolicy(formOrigins));
  ctx.body = page({ language: languageOfContext(ctx), title, content, switchTo: switchOf(ctx) });
}

export const providerPages: ProviderPages = {
  error: (ctx, { error, error_description: description }) => {
    const language = languageOfContext(ctx);
    const { error: title, advice: general, detail } = words[language];
    show(
      ctx,
      title,
      html`<p role="alert">${advice[error]?.[language] ?? general}</p>
<p class="detail">${detail}: <code>${error}</code>${description === undefined ? undefined : html`, <span lang="en">${description}</span>`}</p>`,
    );
  },
  logout: (ctx, form) => {
    const { ask, askText, yes, no } = words[languageOfContext(ctx)];
    const returnsTo = ctx.oidc.session?.state?.['postLogoutRedirectUri'];
    show(
      ctx,
      ask,
      html`<p>${askText}</p>
${new Html(form)}
<button type="submit" form="op.logoutForm" name="logout" value="yes">${yes}</button>
<button type="submit" form="op.logoutForm">${no}</button>`,
      typeof returnsTo === 'string' ? [new URL(returnsTo).origin] : [],
    );
  },
  switchPerson: (ctx, form) => {
    const { other, otherText, goOn } = words[languageOfContext(ctx)];
    const leadsTo = ctx.oidc.entities.Interaction?.params['redirect_uri'];
    show(
      ctx,
      other,
      html`<p>${otherText}</p>
${new Html(form)}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>${goOn}</button>`,
      typeof leadsTo === 'string' ? [new URL(leadsTo).origin] : [],
    );
  },
  loggedOut: (ctx) => {
    const { done, doneText } = words[languageOfContext(ctx)];
    show(ctx, done, html`<p>${doneText}</p>`);
  },
};
