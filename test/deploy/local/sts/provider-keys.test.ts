// Where the keys of an OpenID provider come from: real servers on loopback that behave and misbehave.
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { closeAtOnce, listenOn } from "../../../../deploy/local/loopback.js";
import { createProviderKeys } from "../../../../deploy/local/aws/sts/provider-keys.js";
import { now } from "../iam/sample-caller.js";

const key = { kty: "RSA", kid: "1", n: "AQ", e: "AQAB" };
const json = (response: ServerResponse, value: unknown): void =>
  void response.setHeader("content-type", "application/json").end(JSON.stringify(value));

interface Provider {
  readonly url: string;
  /** Paths asked for. */
  readonly asked: readonly string[];
}

/** A provider that answers as it should, but for the paths given. */
async function withProvider(
  answers: Readonly<Record<string, (response: ServerResponse, url: string) => void>>,
  body: (provider: Provider) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  let url = "";
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const own = answers[path];
    if (own !== undefined) own(response, url);
    else if (path === "/keys") json(response, { keys: [key] });
    else json(response, { issuer: url, jwks_uri: `${url}/keys` });
  };
  const server = createServer(listener);
  url = `http://127.0.0.1:${await listenOn(server, 0)}`;
  try {
    await body({ url, asked });
  } finally {
    await closeAtOnce(server);
  }
}

const find = async (url: string, deadlineMs?: number): Promise<string> => {
  const lines: string[] = [];
  const findKeys = createProviderKeys({
    clock: () => now,
    warn: (line) => void lines.push(line),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  const outcome = await findKeys(url);
  return outcome.ok ? "found" : `${outcome.error.status} ${outcome.error.type}; ${lines.join()}`;
};

const discovery = "/.well-known/openid-configuration";
const unusable = "400 InvalidIdentityToken";
const unreachable = "400 IDPCommunicationError";

test("keys are fetched once for callers at the same time, and again after half a minute", () =>
  withProvider({}, async ({ url, asked }) => {
    let ms = now;
    const findKeys = createProviderKeys({ clock: () => ms, warn: () => undefined });
    const [a, b] = await Promise.all([findKeys(url), findKeys(url)]);
    expect(a).toEqual({ ok: true, value: { keys: [key] } });
    expect(b).toBe(a);
    ms += 29_999;
    await findKeys(url);
    expect(asked).toEqual([discovery, "/keys"]);
    ms += 1;
    await findKeys(url);
    expect(asked).toHaveLength(4);
  }));

test("a provider that was down is asked again at once", async () => {
  let isDown = true;
  const answers = {
    "/keys": (response: ServerResponse) =>
      isDown ? void response.writeHead(503).end() : json(response, { keys: [key] }),
  };
  await withProvider(answers, async ({ url }) => {
    const findKeys = createProviderKeys({ clock: () => now, warn: () => undefined });
    expect(await findKeys(url)).toMatchObject({ error: { type: "IDPCommunicationError" } });
    isDown = false;
    expect((await findKeys(url)).ok).toBe(true);
  });
});

test.each<[string, string, (response: ServerResponse, url: string) => void, string, string]>([
  ["a failure", "/keys", (response) => void response.writeHead(500).end(), unreachable, "answered 500"],
  [
    "too many requests",
    "/keys",
    (response) => void response.writeHead(429).end(),
    unreachable,
    "answered 429",
  ],
  ["a closed connection", "/keys", (response) => void response.destroy(), unreachable, "fetch failed"],
  ["no document", discovery, (response) => void response.writeHead(404).end(), unusable, "answered 404"],
  [
    "a redirect",
    discovery,
    (response, url) => void response.writeHead(302, { location: `${url}/keys` }).end(),
    unusable,
    "answered 302",
  ],
  ["HTML", discovery, (response) => void response.end("<p>"), unusable, "answered no JSON"],
  ["a list", discovery, (response) => json(response, []), unusable, "answered no JSON object"],
  [
    "another issuer",
    discovery,
    (response, url) => json(response, { issuer: `${url}/`, jwks_uri: `${url}/keys` }),
    unusable,
    "names another issuer",
  ],
  ["no jwks_uri", discovery, (response, url) => json(response, { issuer: url }), unusable, "has no jwks_uri"],
  [
    "keys outside this machine",
    discovery,
    (response, url) => json(response, { issuer: url, jwks_uri: "https://keys.example/jwks" }),
    unusable,
    "https://keys.example/jwks is not on loopback",
  ],
  [
    "keys under a name that begins like loopback",
    discovery,
    (response, url) => json(response, { issuer: url, jwks_uri: "http://127.0.0.1.example/jwks" }),
    unusable,
    "is not on loopback",
  ],
  ["no list of keys", "/keys", (response) => json(response, { keys: {} }), unusable, "has no list of keys"],
  [
    "keys that are none",
    "/keys",
    (response) => json(response, { keys: [1] }),
    unusable,
    "has no list of keys",
  ],
  [
    "101 RSA keys",
    "/keys",
    (response) => json(response, { keys: Array.from({ length: 101 }, () => key) }),
    unusable,
    "has more than 100 RSA keys",
  ],
])("a provider that answers with %s", (_title, path, answer, expected, why) =>
  withProvider({ [path]: answer }, async ({ url }) => {
    const found = await find(url);
    expect(found).toContain(expected);
    expect(found).toContain(why);
  }),
);

const documentOf = (bytes: number): object => {
  const keys = Array.from({ length: 100 }, () => key);
  return { keys, x: "x".repeat(bytes - JSON.stringify({ keys, x: "" }).length) };
};

test.each([
  [65_536, "found"],
  [65_537, "answered more than 65536 bytes"],
])("100 RSA keys in %i bytes: %s", (bytes, expected) =>
  withProvider({ "/keys": (response) => json(response, documentOf(bytes)) }, async ({ url }) => {
    expect(await find(url)).toContain(expected);
  }),
);

test("a provider that never answers is given up", () =>
  withProvider({ "/keys": () => undefined }, async ({ url }) => {
    expect(await find(url, 50)).toContain(unreachable);
  }));

test("a provider outside this machine is not asked", async () => {
  expect(await find("https://token.actions.githubusercontent.com")).toContain(
    `${unusable}; keys of https://token.actions.githubusercontent.com: https://token.actions.githubusercontent.com/.well-known/openid-configuration is not on loopback`,
  );
});

test("nobody listens", async () => {
  expect(await find("http://127.0.0.1:1")).toContain(unreachable);
});
