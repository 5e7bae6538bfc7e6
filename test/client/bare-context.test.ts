// The client where there is little: no crypto.subtle, no Response.body, no AbortSignal.any or timeout, and a URL that is a
// stub, as in React Native; nothing of Node at all.
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import type { Client, ClientOptions } from "../../client/client.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { bundle } from "../../deploy/local/demo/bundle.js";
import { clientFolder } from "./client-folder.js";

interface Exports {
  readonly createClient: (options: ClientOptions) => Client;
  readonly createAppClient: (gateway: string, vault: Vault) => Client;
  readonly loadJson: (
    client: Client,
    path: string,
    done: (data: unknown) => void,
    failed: (error: Error) => void,
  ) => () => void;
}

/** As the example has them. */
interface Vault {
  readonly read: () => Promise<string | null>;
  readonly renew: () => Promise<string>;
}

let stack: Stack;
let source: string;
beforeAll(async () => {
  stack = await startStack();
  source = await bundled("es2022");
});
afterAll(() => stack.close());

function bundled(target: string, more = ""): Promise<string> {
  const code = `export { createClient } from "grantway/client"; export * from "./examples/react-native.js"; ${more}`;
  return bundle("", {
    entryPoints: [],
    stdin: { contents: code, resolveDir: clientFolder, sourcefile: join(clientFolder, "entry.ts") },
    format: "iife",
    globalName: "grantway",
    target,
  });
}

/** As React Native's XMLHttpRequest-based one: the body is there when it is whole, and is no stream. */
const plainFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  const whole = new Response(await answer.arrayBuffer(), answer);
  Object.defineProperty(whole, "body", { value: undefined });
  return whole;
};

class StubUrl {
  constructor(readonly href: string) {}
  get pathname(): string {
    throw new Error("not implemented");
  }
}

class PlainController {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  constructor() {
    const controller = new AbortController();
    this.signal = controller.signal;
    this.abort = () => controller.abort();
  }
}

function load(more: object = {}): Exports {
  const globals = {
    ...{ fetch: plainFetch, Headers, Response, TextEncoder, setTimeout, clearTimeout, atob },
    ...{ URL: StubUrl, AbortController: PlainController },
    ...more,
  };
  return runInContext(`${source}; grantway`, createContext(globals)) as Exports;
}

const clientOf = (exports: Exports): Client =>
  exports.createClient({ gateway: stack.url, route: "hello", token: () => stack.issuer.mint("alice") });

test("the proxy door works", async () => {
  const client = clientOf(load());
  const answer = await client.fetch("/echo/a?q=é", { method: "POST", body: "{}" });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ rawQueryString: "q=%C3%A9" }),
  ]);
});

test("credentials are granted, too", async () => {
  expect((await clientOf(load()).credentials()()).accessKeyId).toMatch(/^ASIA/);
});

test.each<[string, object]>([
  ["no crypto", {}],
  ["no crypto.subtle", { crypto: {} }],
])("with %s the grant door says what is missing, and nothing leaves", async (_title, more) => {
  const client = clientOf(load(more));
  await expect(client.fetch("/hello", { door: "grant" })).rejects.toMatchObject({
    code: "runtime_incomplete",
    message: expect.stringContaining("crypto.subtle") as string,
  });
});

test("with polyfills the grant door works", async () => {
  const client = clientOf(load({ crypto, URL }));
  expect((await client.fetch("/hello", { door: "grant" })).status).toBe(200);
});

test("what a URL stub would sign otherwise is not sent", async () => {
  function Slashed(text: string): object {
    const { host, pathname, searchParams, href } = new URL(text);
    return { host, pathname, searchParams, href: `${href}/` };
  }
  const client = clientOf(load({ crypto, URL: Slashed }));
  await expect(client.fetch("/hello", { door: "grant" })).rejects.toMatchObject({
    code: "runtime_incomplete",
  });
});

test("the React Native example renews a refused token in the app's vault, and leaves quietly", async () => {
  const { createAppClient, loadJson } = load();
  let kept: string | null = `${await stack.issuer.mint("alice")}x`;
  const renew = async (): Promise<string> => (kept = await stack.issuer.mint("alice"));
  const client = createAppClient(stack.url, { read: () => Promise.resolve(kept), renew });
  const data = await new Promise((done, failed) => void loadJson(client, "/hello", done, failed));
  expect(data).toEqual({ message: "hello world" });
  const told = jest.fn();
  loadJson(client, "/hello", told, told)();
  await new Promise(setImmediate);
  kept = null;
  await expect(client.fetch("/hello")).rejects.toThrow("Signed out");
  expect(told).not.toHaveBeenCalled();
});

describe("regular expressions, of which a newer one keeps an older React Native from loading the library,", () => {
  // esbuild writes a literal that is newer than its target as a call, but overlooks \p between brackets.
  const newer = (code: string): readonly string[] => code.match(/\bRegExp\(.*|\/.*\\p\{.*/gi) ?? [];

  test("are all ES2015's, aws4fetch's too", async () => {
    expect(newer(await bundled("es2015"))).toEqual([]);
  });

  test.each([
    "/\\p{Cc}/u",
    "/[^\\P{Cc}]/u",
    "/(?<=a)b/",
    "/(?<!a)b/",
    "/(?<a>b)/",
    "/./s",
    "/a/d",
    "/[a]/v",
    'new RegExp("a")',
  ])("are seen where they are newer, or made as it runs: %s", async (expression) => {
    expect(newer(await bundled("es2015", `export const it = ${expression};`))).toHaveLength(1);
  });
});
