import { faultsIn, load, minimal, route, settingsOf } from "./documents.js";

const limit = { name: "per-tenant", key: "claims.tenant", requests: 600, per: "1m" };
const withLimits = (...rateLimits: readonly object[]) => ({ ...minimal, rateLimits });
const valkeyFaults = (valkey: unknown) => faultsIn({ ...minimal, valkey });

describe("rateLimits", () => {
  test("left out: none, and nowhere to count", () => {
    const settings = settingsOf(minimal);
    expect(settings.rateLimits).toEqual([]);
    expect(settings).not.toHaveProperty("valkey");
  });

  test("are read in order, with all that they may have", () => {
    const all = { ...limit, when: '"free" in claims.groups', routes: ["GET /reports"], inFlight: 20 };
    const { rateLimits } = settingsOf(withLimits(all, { name: "b", key: "claims.sub", inFlight: 1 }));
    expect(rateLimits).toMatchObject([
      {
        name: "per-tenant",
        key: { source: "claims.tenant" },
        when: { source: '"free" in claims.groups' },
        window: { requests: 600, milliseconds: 60_000 },
        inFlight: 20,
      },
      { name: "b", inFlight: 1 },
    ]);
    expect(rateLimits[0]?.routes).toEqual(new Set(["GET /reports"]));
    expect(rateLimits[1]).not.toHaveProperty("window");
    expect(rateLimits[1]).not.toHaveProperty("routes");
  });

  test.each<[string, object, string, RegExp]>([
    [
      "neither a window nor calls in flight",
      { requests: undefined, per: undefined },
      "rateLimits[0]",
      /or inFlight/,
    ],
    ["requests alone", { per: undefined }, "rateLimits[0].per", /^is missing: .* belong together$/],
    ["per alone", { requests: undefined }, "rateLimits[0].requests", /^is missing: .* belong together$/],
    ["no requests at all", { requests: 0 }, "rateLimits[0].requests", /from 1 to/],
    ["too short a window", { per: "0s" }, "rateLimits[0].per", /from 1s to 24h/],
    ["too long a window", { per: "24h1s" }, "rateLimits[0].per", /from 1s to 24h/],
    ["no place in flight", { inFlight: 0 }, "rateLimits[0].inFlight", /from 1 to/],
    ["a key that is no CEL", { key: "claims." }, "rateLimits[0].key", /is not CEL/],
    ["a variable that there is not", { key: "request.ip" }, "rateLimits[0].key", /request/],
    ["a `when` that is no condition", { when: '"free"' }, "rateLimits[0].when", /bool is needed/],
    ["a name with a space", { name: "per tenant" }, "rateLimits[0].name", /must be a name/],
    ["an empty list of routes", { routes: [] }, "rateLimits[0].routes", /must not be empty/],
    ["an unknown key", { burst: 5 }, "rateLimits[0].burst", /not a known key/],
  ])("%s is a fault", (_, change, path, message) => {
    const faults = faultsIn(withLimits({ ...limit, ...change }));
    expect(Object.keys(faults)).toEqual([path]);
    expect(faults[path]).toMatch(message);
  });

  test("a misspelt key is told with the one that was meant, and as that one missing", () => {
    const { requests, ...rest } = limit;
    expect(faultsIn(withLimits({ ...rest, request: requests }))).toEqual({
      "rateLimits[0].request": expect.stringMatching(
        /^is not a known key \(did you mean requests\?\); known are name, /,
      ) as string,
      "rateLimits[0].requests": "is missing: requests and per belong together",
    });
  });

  test.each(["1s", "24h"])("a window of %s is none", (per) => {
    expect(faultsIn(withLimits({ ...limit, per }))).toEqual({});
  });

  test("a route that is not there is a fault, and so is a name used twice", () => {
    const document = {
      ...minimal,
      routes: [{ ...route, name: "reports" }],
      rateLimits: [{ ...limit, routes: ["reports", "GET /reports"] }, limit],
    };
    expect(faultsIn(document)).toEqual({
      "rateLimits[0].routes[1]": 'there is no route "GET /reports"; known are reports',
      "rateLimits[1].name": "is already used by rateLimits[0]",
    });
  });

  test("that are no list at all are one fault", () => {
    expect(faultsIn({ ...minimal, rateLimits: "many" })).toEqual({
      rateLimits: 'must be a list; got "many"',
    });
    expect(Object.keys(faultsIn(withLimits("many" as unknown as object)))).toEqual(["rateLimits[0]"]);
  });
});

describe("valkey", () => {
  test("is where its URL says, with a prefix", () => {
    expect(settingsOf({ ...minimal, valkey: { url: "rediss://u@cache.example.com:7000" } }).valkey).toEqual({
      ...{ host: "cache.example.com", port: 7000, isTls: true, database: 0, username: "u" },
      ...{ prefix: "grantway:", answerMs: 250 },
    });
  });

  test("takes its password from the environment as it is, or in the URL", () => {
    const password = "p@ss/#word%";
    const beside = { url: "redis://valkey", password: "${env.VALKEY_PASSWORD}", prefix: "{gw}:" };
    const loaded = load({ ...minimal, valkey: beside }, { VALKEY_PASSWORD: password });
    expect(loaded).toMatchObject({ value: { valkey: { password, prefix: "{gw}:" } } });
    const within = `redis://:${encodeURIComponent(password)}@valkey`;
    expect(settingsOf({ ...minimal, valkey: { url: within } }).valkey).toMatchObject({ password });
  });

  test.each<[string, unknown, Record<string, RegExp>]>([
    [
      "a URL not encrypted",
      { url: "redis://u:secret@cache.example.com" },
      { "valkey.url": /is not encrypted/ },
    ],
    ["no such URL", { url: "http://u:secret@cache" }, { "valkey.url": /^must be a URL such as/ }],
    ["a URL broken by its password", { url: "redis://:12#secret@cache" }, { "valkey.url": /^must be a URL/ }],
    ["no text", { url: 5 }, { "valkey.url": /^must be a URL such as/ }],
    ["none at all", {}, { "valkey.url": /^is missing: must be a URL/ }],
    [
      "two passwords",
      { url: "redis://:a-secret@cache", password: "secret" },
      { "valkey.password": /in url already/ },
    ],
    ["a URL in place of the whole", "redis://u:secret@cache", { valkey: /^must be a mapping/ }],
    ["a list of URLs", ["redis://u:secret@cache"], { valkey: /^must be a mapping/ }],
    [
      "a password of digits alone, which YAML takes for a number",
      { url: "redis://cache", password: 5378137 },
      { "valkey.password": /^must be text.*in quotes/ },
    ],
    [
      "a password that is a list",
      { url: "redis://cache", password: ["secret"] },
      { "valkey.password": /^must/ },
    ],
    ["an empty password", { url: "redis://cache", password: "" }, { "valkey.password": /1 to 1024/ }],
    [
      "a password of secret length",
      { url: "redis://cache", password: "secret".repeat(200) },
      { "valkey.password": /1 to 1024/ },
    ],
    [
      "a prefix with a space",
      { url: "redis://cache", prefix: "a b" },
      { "valkey.prefix": /must be letters/ },
    ],
  ])("%s is a fault, and no secret is quoted", (_, valkey, expected) => {
    const faults = valkeyFaults(valkey);
    expect(Object.keys(faults)).toEqual(Object.keys(expected));
    for (const [path, message] of Object.entries(expected)) expect(faults[path]).toMatch(message);
    expect(JSON.stringify(faults)).not.toMatch(/secret|5378137/);
  });
});
