// Which token a command gets: the kept, a refreshed, one of a new sign-in; and what it is told where there is none.
import { obtainToken } from "../../server/device-login/obtain-token.js";
import type { Tokens } from "../../server/device-login/tokens.js";
import { begun, fakeWorld, granted, login, metadata } from "./fake-provider.js";

const minute = 60_000;
/** Of an hour, with so many minutes left at time 0. */
const withMinutesLeft = (minutes: number): Tokens => ({
  accessToken: "kept",
  obtainedAt: (minutes - 60) * minute,
  expiresAt: minutes * minute,
  refreshToken: "r1",
});
const pending = { error: "authorization_pending" };
const grantTypes = (sent: readonly { form?: Readonly<Record<string, string>> }[]) =>
  sent.flatMap(({ form }) => form?.grant_type ?? []);

it("a kept token with time left costs nobody a call", async () => {
  const world = fakeWorld({}, withMinutesLeft(16));
  expect(await obtainToken(login, world)).toEqual({
    ok: true,
    value: { accessToken: "kept", isNew: false },
  });
  expect(world.sent).toEqual([]);
});

it("one near its end is refreshed silently, and what came is kept", async () => {
  const world = fakeWorld({ token: [granted] }, withMinutesLeft(15.9));
  expect(await obtainToken({ ...login, resource: "https://api.example" }, world)).toMatchObject({
    value: { accessToken: "new" },
  });
  expect(world.sent[1]?.form).toEqual({
    client_id: "cli",
    grant_type: "refresh_token",
    refresh_token: "r1",
    resource: "https://api.example",
  });
  expect(world.kept).toMatchObject({ accessToken: "new", refreshToken: "r2" });
  expect(world.shown).toEqual([]);
});

it("one that another process renewed meanwhile is taken as it is", async () => {
  const world = fakeWorld({ token: [granted] }, withMinutesLeft(5));
  const alone = world.store.alone.bind(world.store);
  world.store.alone = (run, onAsking) => {
    world.kept = { ...withMinutesLeft(50), accessToken: "of the other" };
    return alone(run, onAsking);
  };
  expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "of the other" } });
  expect(world.sent).toEqual([]);
});

it("one that the gateway refused is renewed, whatever its end says", async () => {
  const world = fakeWorld({ token: [granted] }, withMinutesLeft(50));
  expect(await obtainToken(login, world, "kept")).toMatchObject({ value: { accessToken: "new" } });
});

it.each([["invalid_grant"], ["unauthorized_client"]])(
  "a refresh that is refused with %s leads to a sign-in",
  async (error) => {
    const world = fakeWorld({ token: [{ error }, pending, granted] }, withMinutesLeft(0));
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "new", isNew: true } });
    expect(grantTypes(world.sent)[0]).toBe("refresh_token");
    expect(world.shown.join("")).toContain("WDJB-MJHT");
  },
);

describe("an outage of the provider", () => {
  it.each<[string, object]>([
    ["of its discovery", { "openid-configuration": ["outage"] }],
    ["of its token endpoint", { token: ["outage"] }],
    ["of its token endpoint, with a status", { token: [503] }],
  ])("%s is bridged by an old token that still holds", async (_what, script) => {
    expect(await obtainToken(login, fakeWorld({ ...script }, withMinutesLeft(1.1)))).toMatchObject({
      value: { accessToken: "kept" },
    });
  });

  it("is told, and bothers nobody at the terminal, when the old token is over", async () => {
    const world = fakeWorld({ token: ["outage"] }, withMinutesLeft(0.9));
    expect(await obtainToken(login, world)).toMatchObject({ denial: { kind: "unavailable" } });
    expect(world.shown).toEqual([]);
  });
});

describe("where nobody is signed in", () => {
  it("says what to type when there is no terminal", async () => {
    const world = fakeWorld({}, undefined, false);
    expect(await obtainToken(login, world)).toEqual({
      ok: false,
      denial: {
        kind: "refused",
        sentence:
          "nobody is signed in at https://op.example; run this once in a terminal: grantway credentials --the-very-command",
      },
    });
    expect(world.sent.map(({ url }) => url)).toEqual(["https://op.example/.well-known/openid-configuration"]);
  });

  it("shows where to go and the code, asks at the provider's pace and slows down when told to", async () => {
    const world = fakeWorld({ token: [pending, { error: "slow_down" }, pending, granted] });
    expect(await obtainToken({ ...login, audience: "api" }, world)).toMatchObject({
      value: { accessToken: "new" },
    });
    expect(world.sent[1]?.form).toEqual({ client_id: "cli", scope: "openid", audience: "api" });
    expect(world.waited).toEqual([5, 5, 10, 10]);
    const [prompt = ""] = world.shown;
    for (const part of [begun.verification_uri, begun.user_code, begun.verification_uri_complete, "10 min"])
      expect(prompt).toContain(part);
  });

  it("waits twice as long after each outage (RFC 8628 3.5)", async () => {
    const world = fakeWorld({ token: ["outage", 503, granted] });
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "new" } });
    expect(world.waited).toEqual([5, 10, 20]);
  });

  it("takes an interval of five seconds where none is named, and of a minute or a second where it is absurd", async () => {
    const unnamed = fakeWorld({ device: [{ ...begun, interval: undefined }], token: [granted] });
    const absurd = fakeWorld({ device: [{ ...begun, interval: 1e9 }], token: [granted] });
    await obtainToken(login, unnamed);
    const hasty = fakeWorld({ device: [{ ...begun, interval: 1e-6 }], token: [granted] });
    await obtainToken(login, absurd);
    await obtainToken(login, hasty);
    expect([unnamed.waited, absurd.waited, hasty.waited]).toEqual([[5], [60], [1]]);
  });

  it.each<[string, object, string]>([
    ["refuses", { token: [pending, { error: "access_denied" }] }, "the sign-in was refused in the browser"],
    ["is too late", { token: [{ error: "expired_token" }] }, "nobody confirmed the code in time"],
    ["never comes", { token: [pending] }, "nobody confirmed the code in time"],
    [
      "meets an error",
      { token: [{ error: "invalid_client", error_description: "go away" }] },
      "https://op.example/token answered invalid_client: go away",
    ],
    ["may not", { device: [{ error: "unauthorized_client" }] }, "answered unauthorized_client"],
    ["gets no code", { device: [{ device_code: "dc" }] }, "https://op.example/device gave no device code"],
    ["gets an empty code", { device: [{ ...begun, user_code: " " }] }, "gave no device code"],
    [
      "is sent to an unsafe page",
      { device: [{ ...begun, verification_uri: "http://evil.example" }] },
      "https://op.example/device gave no device code",
    ],
    [
      "is at a provider without device login",
      { "openid-configuration": [{ ...metadata, device_authorization_endpoint: undefined }] },
      "https://op.example offers no device login (RFC 8628)",
    ],
  ])("is refused when the person %s", async (_what, script, sentence) => {
    const world = fakeWorld({ ...script });
    expect(await obtainToken(login, world)).toMatchObject({
      denial: { kind: "refused", sentence: expect.stringContaining(sentence) as string },
    });
    expect(world.kept).toBeUndefined();
  });

  it("ends its waiting when the code does", async () => {
    const world = fakeWorld({ token: [pending], device: [{ ...begun, expires_in: 12 }] });
    await obtainToken(login, world);
    expect(world.waited).toEqual([5, 5]);
  });
});

describe("a discovery document is not followed", () => {
  it.each<[string, object, string]>([
    [
      "of another issuer",
      { ...metadata, issuer: "https://op.example/" },
      'names issuer "https://op.example/"',
    ],
    ["without one", { ...metadata, issuer: undefined }, "names issuer undefined"],
    [
      "with a token endpoint in the clear",
      { ...metadata, token_endpoint: "http://op.example/t" },
      "names token_endpoint",
    ],
    ["into this machine", { ...metadata, token_endpoint: "http://127.0.0.1/t" }, "names token_endpoint"],
    [
      "without a token endpoint",
      { ...metadata, token_endpoint: undefined },
      "names token_endpoint undefined",
    ],
    [
      "with a device endpoint in the clear",
      { ...metadata, device_authorization_endpoint: "http://op.example/d" },
      "names device_authorization_endpoint",
    ],
    [
      "with a password in it",
      { ...metadata, token_endpoint: "https://a:b@op.example/t" },
      "names token_endpoint",
    ],
  ])("%s", async (_what, document, sentence) => {
    const world = fakeWorld({ "openid-configuration": [document] }, withMinutesLeft(0));
    expect(await obtainToken(login, world)).toMatchObject({
      denial: { kind: "refused", sentence: expect.stringContaining(sentence) as string },
    });
    expect(world.sent).toHaveLength(1);
  });
});
