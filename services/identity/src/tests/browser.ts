/** As much of a browser as signing in needs: cookies with their paths, redirects one by one, forms. */
export interface Browser {
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Sends the page's form with its hidden fields and these. */
  submit(page: Page, fields: Record<string, string>): Promise<Page>;
  /** The header that it would send there. */
  cookiesFor(url: string): string;
  /** Follows redirects as long as they stay at these origins. */
  follow(page: Page, ...origins: string[]): Promise<Page>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string | undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export function openBrowser(language = 'en'): Browser {
  let cookies: Cookie[] = [];

  function cookiesFor(url: string): string {
    const { pathname } = new URL(url);
    const sent = cookies.filter(({ path }) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')));
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  async function request(url: string, init: RequestInit = {}): Promise<Page> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'accept-language': language,
        cookie: cookiesFor(url),
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    return {
      ...{ url, status: response.status, headers: response.headers, text: await response.text() },
      location: location === null ? undefined : new URL(location, url).href,
    };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    cookies = cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (!attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one))) {
      cookies.push({ name, value: pair.slice(name.length + 1), path });
    }
  }

  const browser: Browser = {
    cookiesFor,
    get: (url, headers) => request(url, headers === undefined ? {} : { headers }),
    submit: (page, fields) => {
      const form = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1];
      if (form === undefined) throw new Error(`no form on ${page.url}: ${page.status} ${page.text}`);
      const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
      const all = { ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])), ...fields };
      return request(new URL(form, page.url).href, { method: 'POST', body: new URLSearchParams(all) });
    },
    follow: async (page, ...origins) => {
      let last = page;
      while (last.location !== undefined && origins.includes(new URL(last.location).origin))
        last = await request(last.location);
      return last;
    },
  };
  return browser;
}
