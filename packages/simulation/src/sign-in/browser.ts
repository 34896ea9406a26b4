/** As much of a browser as signing in needs: cookies with their paths, redirects one by one, forms. */
export interface Browser {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** Sends the page's form with its hidden fields and these. */
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page>;
  /** The header `cookie` that it would send there. */
  cookiesFor(url: string): string;
  /** Follows redirects as long as they stay at these origins. */
  follow(page: Page, ...origins: string[]): Promise<Page>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where the page sends the browser. */
  readonly location: string | undefined;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** A new browser, without cookies. All it opens counts as one site, so a cookie goes wherever its path fits. */
export function openBrowser({ language = 'en', fetch = globalThis.fetch as Fetch } = {}): Browser {
  let cookies: Cookie[] = [];

  function cookiesFor(url: string): string {
    const { pathname: path } = new URL(url);
    return cookies
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    cookies = cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one))) return;
    cookies.push({ name, value: pair.slice(name.length + 1), path });
  }

  async function request(url: string, init: RequestInit = {}): Promise<Page> {
    const cookie = cookiesFor(url);
    const headers = { accept: 'text/html', 'accept-language': language, cookie, ...(init.headers as object) };
    const response = await fetch(url, { ...init, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    return {
      ...{ url, status: response.status, headers: response.headers, text: await response.text() },
      location: location === null ? undefined : new URL(location, url).href,
    };
  }

  return {
    cookiesFor,
    get: (url, headers = {}) => request(url, { headers }),
    submit: (page, fields) => {
      const { action, hidden } = formOf(page);
      const body = new URLSearchParams({ ...hidden, ...fields });
      return request(new URL(action, page.url).href, { method: 'POST', body });
    },
    follow: async (page, ...origins) => {
      let last = page;
      while (last.location !== undefined && origins.includes(new URL(last.location).origin)) {
        last = await request(last.location);
      }
      return last;
    },
  };
}

function formOf({ url, status, text }: Page): { action: string; hidden: Record<string, string> } {
  const action = /<form[^>]*action="([^"]*)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`no form on ${new URL(url).pathname}, which was answered ${status}`);
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return {
    action: action.replaceAll('&amp;', '&'),
    hidden: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
  };
}

export const hasForm = ({ text }: Page): boolean => text.includes('<form');

/** What a page tells of what went wrong, in words; of one that only asks for more, what it is about. */
export function complaintOf({ text, status }: Page): string {
  const [, alert = ''] = /role="alert"[^>]*>(.*?)<\/(?:div|p)>\s*(?:<form|<p|<\/main)/s.exec(text) ?? [];
  const words = alert
    .replace('</p><ul>', ': ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words !== '') return words;
  const [, heading] = /<h1>([^<]+)<\/h1>/.exec(text) ?? [];
  return heading === undefined ? `answered ${status}` : `the next page is “${heading}”`;
}
