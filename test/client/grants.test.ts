// How long a client keeps a grant, for whom, and what many callers at once cost.
import { createClient, type Client, type ClientOptions } from "../../client/client.js";
import { createServerClock } from "../../client/clock.js";
import type { Grant } from "../../client/grant.js";
import { createGrants, type Grants } from "../../client/grants.js";
import { createFakeGateway, gateway, problem, tokenOf, type FakeGateway } from "./fake-gateway.js";

let fake: FakeGateway;
let token: string;
let asked: ({ refused: string } | undefined)[];
let client: Client;
const minutes = 60_000;
const alice = { iss: "https://login.example.com/", sub: "alice", tenant: "acme" };

const create = (more: Partial<ClientOptions> = {}): Client =>
  createClient({
    gateway,
    route: "reports",
    token: (hint) => {
      asked.push(hint);
      return token;
    },
    fetch: fake.fetch,
    clock: fake.clock,
    ...more,
  });

beforeEach(() => {
  fake = createFakeGateway();
  token = tokenOf(alice);
  asked = [];
  client = create();
});

const keyId = async (): Promise<string> => (await client.grant()).AccessKeyId;

test("a thousand callers at once cost one token and one grant", async () => {
  const calls = Array.from({ length: 500 }, () => client.fetch("/x", { door: "grant" }));
  const keys = Array.from({ length: 500 }, keyId);
  expect(new Set(await Promise.all(keys))).toEqual(new Set(["ASIA1"]));
  await Promise.all(calls);
  expect([asked.length, fake.grants.length, fake.calls.length]).toEqual([1, 1, 500]);
});

test("each route has its grant", async () => {
  await Promise.all([
    client.grant(),
    client.grant({ route: "jobs/a b" }),
    client.grant({ route: "reports" }),
  ]);
  expect(fake.grants.map(({ url }) => url)).toEqual([
    `${gateway}/grant/reports`,
    `${gateway}/grant/jobs%2Fa%20b`,
  ]);
});

test("a failure is not kept", async () => {
  fake.answer = () => problem(503, "sts_unavailable");
  await expect(Promise.all([client.grant(), client.grant()])).rejects.toMatchObject({
    code: "sts_unavailable",
  });
  fake.answer = () => undefined;
  expect(await keyId()).toBe("ASIA2");
});

test("an abort ends the waiting of one caller and not of the others", async () => {
  const controller = new AbortController();
  const leaving = client.grant({ signal: controller.signal });
  const call = client.fetch("/x", { door: "grant", signal: controller.signal });
  const staying = client.grant();
  controller.abort(new Error("left"));
  await expect(leaving).rejects.toThrow("left");
  await expect(call).rejects.toThrow("left");
  expect((await staying).AccessKeyId).toBe("ASIA1");
  expect([fake.grants.length, fake.calls.length]).toEqual([1, 0]);
});

// 60 minutes: renewed 5 to 6 minutes before the end, by chance. 8 minutes: in their last quarter.
test.each([
  ["a grant of an hour", 60, 53.9, 55.1],
  ["a grant of eight minutes", 8, 5.5, 6.1],
])("%s is renewed early", async (_title, lifetime, kept, renewed) => {
  fake.lifetimeMs = lifetime * minutes;
  await client.grant();
  const start = fake.now;
  fake.now = start + kept * minutes;
  expect(await keyId()).toBe("ASIA1");
  fake.now = start + renewed * minutes;
  expect(await keyId()).toBe("ASIA2");
});

test.each<[string, () => Response | Promise<Response>]>([
  ["cannot be reached", () => Promise.reject(new TypeError("fetch failed"))],
  ["is overloaded", () => problem(503, "overloaded")],
  ["limits the rate", () => problem(429, "rate_exceeded")],
  ["hides behind a network that answers for it", () => new Response("<html>Log in to the Wi-Fi")],
])(
  "while the gateway %s a grant serves until its end, asked for again every ten seconds",
  async (_title, outage) => {
    await client.grant();
    fake.answer = outage;
    fake.now += 58 * minutes;
    expect([await keyId(), await keyId(), fake.grants.length]).toEqual(["ASIA1", "ASIA1", 2]);
    fake.now += 10_000;
    expect([await keyId(), fake.grants.length]).toEqual(["ASIA1", 3]);
    fake.now += 110_000 - 1;
    expect(await keyId()).toBe("ASIA1");
    fake.now += 1;
    await expect(client.grant()).rejects.toMatchObject({ name: "GrantwayError" });
  },
);

test("a caller who is refused at the renewal has no session any more", async () => {
  await client.grant();
  fake.answer = () => problem(403, "role_not_granted");
  fake.now += 58 * minutes;
  await expect(client.grant()).rejects.toMatchObject({ code: "role_not_granted", status: 403 });
  // Nor does he get it back when the gateway cannot be asked any more.
  fake.answer = () => problem(503, "overloaded");
  await expect(client.grant()).rejects.toMatchObject({ code: "overloaded" });
});

describe("what is no answer of the gateway, but a fault of our own,", () => {
  const grantOf = (lifetimeMs: number) => ({
    ...oldGrant,
    Expiration: new Date(fake.now + lifetimeMs).toISOString(),
  });
  const tokens = jest.fn(() => Promise.resolve(token));
  const request = jest.fn<Promise<Grant>, []>();
  const create = (): Grants => createGrants({ tokens, request, clock: createServerClock(fake.clock) });

  test("is no outage: it is told though the grant holds", async () => {
    const grants = create();
    request.mockResolvedValueOnce(grantOf(60 * minutes));
    await grants.get("reports");
    fake.now += 58 * minutes;
    request.mockRejectedValueOnce(new TypeError("undefined is not a function"));
    await expect(grants.get("reports")).rejects.toThrow(TypeError);
  });

  test("is no refused token, whatever it carries", async () => {
    tokens.mockClear();
    request.mockRejectedValueOnce(Object.assign(new Error("not ours"), { status: 401 }));
    await expect(create().get("reports")).rejects.toThrow("not ours");
    expect(tokens).toHaveBeenCalledTimes(1);
  });
});

test("a grant that comes too late is none", async () => {
  fake.lifetimeMs = 0;
  await expect(client.grant()).rejects.toMatchObject({ code: "grant_expired" });
});

test.each<[string, () => string, string]>([
  [
    "a new token of the same caller keeps",
    () => tokenOf({ ...alice, iat: 2, exp: 3, nbf: 2, jti: "2" }),
    "ASIA1",
  ],
  ["another user's token ends", () => tokenOf({ ...alice, sub: "bob" }), "ASIA2"],
  [
    "the same name at another issuer ends",
    () => tokenOf({ ...alice, iss: "https://other.example/" }),
    "ASIA2",
  ],
  ["another tenant of the same user ends", () => tokenOf({ ...alice, tenant: "globex" }), "ASIA2"],
  ["a token that cannot be read ends", () => "opaque", "ASIA2"],
  ["a token without a subject ends", () => tokenOf({ ...alice, sub: "" }), "ASIA2"],
])("%s the grant", async (_title, next, expected) => {
  await client.grant();
  token = next();
  expect(await keyId()).toBe(expected);
  token = tokenOf(alice);
  expect(await keyId()).toBe(expected === "ASIA1" ? "ASIA1" : "ASIA3");
});

test.each([
  ["that cannot be read", "opaque1", "opaque2"],
  ["without a subject", tokenOf({ iss: alice.iss, jti: "1" }), tokenOf({ iss: alice.iss, jti: "2" })],
])("two tokens %s are two callers", async (_title, first, second) => {
  token = first;
  await client.grant();
  token = second;
  expect(await keyId()).toBe("ASIA2");
});

test("an answer that comes after another user has signed in is not his", async () => {
  let release = (): void => undefined;
  fake.answer = () =>
    new Promise<Response>((resolve) => {
      release = () =>
        resolve(Response.json({ ...oldGrant, Expiration: new Date(fake.now + 60_000).toISOString() }));
    });
  const slow = client.grant();
  await new Promise(setImmediate);
  fake.answer = () => undefined;
  token = tokenOf({ ...alice, sub: "bob" });
  expect(await keyId()).toBe("ASIA2");
  release();
  expect((await slow).AccessKeyId).toBe("ASIAOLD");
  expect(await keyId()).toBe("ASIA2");
});

test("clear forgets every grant, and one on its way too", async () => {
  await client.grant();
  client.clear();
  expect(await keyId()).toBe("ASIA2");
  client.clear();
  const pending = client.grant();
  await new Promise(setImmediate);
  client.clear();
  await pending;
  expect(await keyId()).toBe("ASIA4");
});

test("after clear nobody gets the token that was asked for before it", async () => {
  let first = (_token: string): void => undefined;
  client = create({
    token: () =>
      new Promise<string>((resolve) => {
        first = resolve;
      }),
  });
  const before = client.fetch("/x");
  const answer = first;
  client.clear();
  const after = client.fetch("/x");
  first(tokenOf({ ...alice, sub: "bob" }));
  await after;
  answer(token);
  await before;
  expect(fake.calls.map((call) => call.token)).toEqual([tokenOf({ ...alice, sub: "bob" }), token]);
});

test("after a 401 the callback is told which token was refused, and asked once for all", async () => {
  const fresh = tokenOf({ ...alice, jti: "new" });
  fake.answer = (call) => (call.token === fresh ? undefined : problem(401, "token_invalid"));
  client = create({
    token: (hint) => {
      asked.push(hint);
      return hint ? fresh : token;
    },
  });
  const keys = await Promise.all(Array.from({ length: 20 }, () => client.grant()));
  expect(new Set(keys.map((grant) => grant.AccessKeyId)).size).toBe(1);
  expect(asked).toEqual([undefined, { refused: token }]);
  expect(fake.grants.map((call) => call.token)).toEqual([token, fresh]);
});

test("the same token again is not tried again", async () => {
  fake.answer = () => problem(401, "token_invalid");
  await expect(client.grant()).rejects.toMatchObject({ code: "token_invalid", status: 401 });
  expect([asked.length, fake.grants.length]).toEqual([2, 1]);
});

test.each<[string, unknown]>([
  ["no JSON", "<html>"],
  ["null", null],
  ["a list", []],
  ["a grant without a secret", { ...({} as object), AccessKeyId: "A" }],
])("%s is no grant", async (_title, body) => {
  fake.answer = () => new Response(typeof body === "string" ? body : JSON.stringify(body));
  await expect(client.grant()).rejects.toMatchObject({ code: "grant_invalid", status: 200 });
});

test.each<[field: string, value: unknown, code: string]>([
  ["Expiration", "soon", "grant_expired"],
  ["SecretAccessKey", 7, "grant_invalid"],
  ["FuncUrl", "", "grant_invalid"],
])("a grant whose %s is %j is none", async (field, value, code) => {
  fake.answer = () =>
    Response.json({ ...oldGrant, Expiration: new Date(fake.now + 60_000).toISOString(), [field]: value });
  await expect(client.grant()).rejects.toMatchObject({ code });
});

test.each([
  "http://abc.lambda-url.eu-west-1.on.aws/",
  "https://user@abc.on.aws/",
  "https://abc.on.aws/2015-03-31/functions/f/invocations",
  "https://abc.on.aws/?x=/",
  "http://localhost.evil.example/",
  "http://127.0.0.1@evil.example/",
  "javascript:alert(1)/",
])("nothing is signed for %s", async (FuncUrl) => {
  fake.answer = () =>
    Response.json({ ...oldGrant, Expiration: new Date(fake.now + 60_000).toISOString(), FuncUrl });
  await expect(client.fetch("/x", { door: "grant" })).rejects.toMatchObject({ code: "target_unsupported" });
  expect(fake.calls).toEqual([]);
});

const oldGrant = {
  AccessKeyId: "ASIAOLD",
  SecretAccessKey: "secret",
  SessionToken: "session",
  Region: "eu-west-1",
  Service: "lambda",
  FuncUrl: "https://abc.lambda-url.eu-west-1.on.aws/",
  RoleArn: "arn:aws:iam::123456789012:role/analyst",
};
