/** As much of a browser as signing on takes: cookies by host and path, redirects one by one, forms. */

interface Cookie {
  readonly value: string;
  readonly attributes: string;
}

export class Browser {
  /** By origin; paths are told apart by their names alone. */
  readonly cookies = new Map<string, Map<string, Cookie>>();

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, Cookie>();
    const cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') jar.delete(name);
      else jar.set(name, { value, attributes: attributes.join('; ') });
    }
    this.cookies.set(origin, jar);
    return answer;
  }

  /** Follows redirects until something is shown, or until an address that `isEnd`. */
  async follow(url: string, isEnd: (url: string) => boolean = () => false, init: RequestInit = {}) {
    let [at, answer] = [url, await this.ask(url, init)];
    for (let location = answer.headers.get('location'); location; location = answer.headers.get('location')) {
      at = new URL(location, at).href;
      if (isEnd(at)) break;
      answer = await this.ask(at);
    }
    return { at, answer };
  }

  /** Fills in the form that is shown and sends it. */
  async submit(
    shown: { at: string; answer: Response },
    fields: Record<string, string>,
    isEnd: (url: string) => boolean,
  ) {
    const html = await shown.answer.text();
    const [, action = ''] = /action="([^"]+)"/.exec(html) ?? [];
    const hidden = [...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    );
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
    return await this.follow(new URL(action, shown.at).href, isEnd, { method: 'POST', body });
  }
}
