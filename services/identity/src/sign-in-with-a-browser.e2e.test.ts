/** Signs in as a person does who opens an OpenAPI page in a browser; and what a page of somebody else may not. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectPlatform, type Platform } from '@vienuviet/simulation/platform';
import { openChromium } from '@vienuviet/testing/browser';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const clerk = 'clerk.cesis.1';
const clerkElsewhere = 'clerk.aizkraukle.1';

let running: TestPlatform;
let platform: Platform;
let chromium: Browser;
let password: string;

beforeAll(async () => {
  chromium = await openChromium();
  running = await testPlatform();
  platform = connectPlatform({ endpoints: running.endpoints, deadlineMs: 20_000 });
  password = (await readFile(join(running.dataFolder, 'identity/sample-password'), 'utf8')).trim();
});
afterAll(async () => {
  await chromium?.close();
  await platform?.close();
  await running?.release();
});

/** Works with a browser that nobody has used before; what it shows is waited for a minute at most. */
async function withBrowser(
  work: (context: BrowserContext) => Promise<void>,
  options: Parameters<Browser['newContext']>[0] = { locale: 'lv-LV' },
): Promise<void> {
  const context = await chromium.newContext(options);
  context.setDefaultTimeout(60_000);
  try {
    await work(context);
  } finally {
    await context.close();
  }
}

/** A case that a clerk has just registered, and its place in the queue of the clerk's centre. */
async function register(account: string): Promise<{ caseId: string; after: string }> {
  const { items } = await platform.fetch<{ items: { serviceId: string }[] }>('intake', account, {
    ...{ method: 'GET', path: '/v1/services?limit=1' },
  });
  const { caseId, stream, version } = await platform.fetch<{ caseId: string; stream: string; version: number }>(
    'intake',
    account,
    {
      ...{ method: 'POST', path: '/v1/cases', headers: { 'idempotency-key': randomUUID() } },
      body: {
        ...{ serviceId: items[0]?.serviceId, channel: 'in_person', purpose: 'information' },
        ...{ customerKind: 'citizen', crossBorder: false, clerkMinutes: 5 },
      },
    },
  );
  return { caseId, after: `${stream}@${version}` };
}

/** Name, and what is wrong, of the element that the keyboard is at. */
const focused = (page: Page): Promise<{ name: string; invalid: string | null; told: string | null }> =>
  page.evaluate(`(() => {
    const at = document.activeElement;
    const error = document.getElementById(at.getAttribute('aria-describedby'));
    return { name: at.getAttribute('name') ?? at.textContent, invalid: at.getAttribute('aria-invalid'), told: error?.textContent ?? null };
  })()`);

describe('a clerk with a browser and a keyboard', () => {
  test('signs in from the OpenAPI page of intake and sees the queue of the own centre', async () => {
    const [own, foreign] = await Promise.all([register(clerk), register(clerkElsewhere)]);
    await withBrowser(async (context) => {
      const page = await context.newPage();
      await page.goto(`${running.endpoints.intake}/docs`);
      const signIn = await pressAuthorize(page);

      await expectLanguage(signIn, 'lv', 'Pieteikšanās');
      await signIn.keyboard.press('Shift+Tab');
      expect(await focused(signIn)).toMatchObject({ name: 'English' });
      await signIn.keyboard.press('Enter');
      await signIn.getByRole('heading', { name: 'Sign in' }).waitFor();
      await expectLanguage(signIn, 'en', 'Sign in');

      await typeIn(signIn, clerk, 'not the password');
      await signIn.getByRole('alert').waitFor();
      expect(await focused(signIn)).toEqual({
        ...{ name: 'account', invalid: 'true', told: 'The account name or the password is not right.' },
      });
      const closed = signIn.waitForEvent('close');
      // The window may close before the press of the key is told to be over.
      await typeIn(signIn, '', password).catch((error: unknown) => {
        if (!signIn.isClosed()) throw error;
      });
      await closed;

      await page.locator('.modal-ux .btn-done').first().click();
      const answer = await tryWorkQueue(page, own.after);
      expect(answer.status).toBe(200);
      const items = (JSON.parse(answer.body) as { items: { caseId: string }[] }).items.map(({ caseId }) => caseId);
      expect(items).toContain(own.caseId);
      expect(items).not.toContain(foreign.caseId);
    });
  });
});

async function expectLanguage(page: Page, language: string, heading: string): Promise<void> {
  expect(await page.getAttribute('html', 'lang')).toBe(language);
  expect(await page.textContent('h1')).toBe(heading);
}

/** Types from the account's field on, with the keyboard alone. */
async function typeIn(page: Page, account: string, secret: string): Promise<void> {
  await page.keyboard.type(account);
  await page.keyboard.press('Tab');
  await page.keyboard.type(secret);
  await page.keyboard.press('Enter');
}

/** Asks the page to sign somebody in; the window in which that happens. */
async function pressAuthorize(page: Page): Promise<Page> {
  await page.locator('.auth-wrapper .authorize').click();
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
  const window = await opened;
  await window.waitForLoadState();
  return window;
}

/** Asks for a centre's work queue by “Try it out”; what came back, as the page shows it. */
async function tryWorkQueue(page: Page, after: string): Promise<{ status: number; body: string }> {
  const operation = page.locator('.opblock', { has: page.locator('[data-path="/v1/work-queue"]') });
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.locator('[data-param-name="view"] select').selectOption('centre');
  await operation.locator('[data-param-name="after"] input').fill(after);
  await operation.getByRole('button', { name: 'Execute' }).click();
  const shown = operation.locator('.live-responses-table .response');
  return {
    status: Number(await shown.locator('.response-col_status').first().textContent()),
    body: (await shown.locator('.highlight-code code').first().textContent()) ?? '',
  };
}

describe('a page of another origin', () => {
  /** What a script of the page may read of an answer: its status, or nothing. */
  const fetchFrom = (page: Page, url: string, init: object): Promise<string> =>
    page.evaluate(
      `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((answer) => String(answer.status), () => 'refused')`,
    );

  test('reads neither tokens nor the queue; the OpenAPI page reads both', async () => {
    const stranger = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<title>x</title>'),
    );
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { identity, intake } = running.endpoints;
    const authorization = await platform.tokens.authorizationOf(clerk);
    // A file of the OpenAPI page: its origin and its policy, without the work of showing all of it.
    const own = `${intake}/docs/static/index.css`;
    const origins = [`http://127.0.0.1:${(stranger.address() as AddressInfo).port}`, own];
    const read: string[][] = [];
    await withBrowser(async (context) => {
      const page = await context.newPage();
      for (const origin of origins) {
        await page.goto(origin);
        read.push([
          await fetchFrom(page, `${identity}/oidc/token`, {
            ...{ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
            body: 'grant_type=refresh_token&client_id=openapi&refresh_token=x',
          }),
          await fetchFrom(page, `${intake}/v1/work-queue?view=centre`, { headers: { authorization } }),
          await fetchFrom(page, `${intake}/v1/work-queue?view=centre`, {}),
        ]);
      }
    });
    stranger.close();
    expect(read).toEqual([
      ['refused', 'refused', 'refused'],
      ['400', '200', '401'],
    ]);
  });
});

describe('the sign-in page has nothing that axe finds fault with', () => {
  const address = (): string =>
    `${running.endpoints.issuer}/oidc/auth?${new URLSearchParams({
      ...{ client_id: 'openapi', response_type: 'code', scope: 'openid', state: 's' },
      redirect_uri: `${running.endpoints.intake}/docs/static/oauth2-redirect.html`,
      ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
    })}`;

  async function faultsOf(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()');
    expect(passes.length).toBeGreaterThan(10);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  test.each([
    ['lv-LV', 'light'],
    ['en-GB', 'dark'],
  ] as const)('in %s on a %s screen, with an error and without', async (locale, colorScheme) => {
    await withBrowser(
      async (context) => {
        const page = await context.newPage();
        await page.goto(address());
        expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2));
        expect(await faultsOf(page)).toEqual([]);
        await typeIn(page, '', '');
        await page.getByRole('alert').waitFor();
        expect(await faultsOf(page)).toEqual([]);
      },
      { locale, colorScheme },
    );
  });
});
