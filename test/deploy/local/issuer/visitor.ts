// A browser without script: follows no redirect by itself, keeps cookies by name and path, sends forms as they stand.
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly url: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Visitor {
  readonly #cookies = new Map<string, Cookie>();

  /** One exchange; a redirect within the same origin is followed, one to elsewhere is given back. */
  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Seen> {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: this.#cookiesFor(url), accept: "text/html" },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const location = response.headers.get("location");
    const next = location === null ? undefined : new URL(location, url);
    if (next?.origin === new URL(url).origin) return this.open(next.href);
    return { status: response.status, headers: response.headers, text: await response.text(), url };
  }

  /** Sends the form of a page with its hidden fields and what the user adds. */
  submit(page: Seen, added: Readonly<Record<string, string>>): Promise<Seen> {
    const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1];
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value]));
    return this.open(new URL(action ?? page.url, page.url).href, { ...fields, ...added });
  }

  #cookiesFor(url: string): string {
    const { pathname } = new URL(url);
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    return sent.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const [name = "", value = ""] = pair.split("=", 2);
    const path = attributes.find((attribute) => attribute.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
    if (value === "") this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}

/** Approves (or, with `undefined`, refuses) a device login as the person before the browser would. */
export async function answerDevice(verificationUri: string, user: string | undefined): Promise<Seen> {
  const visitor = new Visitor();
  const asked = await visitor.open(verificationUri);
  const code = /<input id="code"[^>]* value="([^"]*)"/.exec(asked.text)?.[1] ?? "";
  const shown = await visitor.submit(asked, { user_code: code });
  if (user === undefined) return visitor.submit(shown, { abort: "yes" });
  return visitor.submit(await visitor.submit(shown, { confirm: "yes" }), { user });
}
