// The end of a sign-in: what is removed, what the provider is told (RFC 7009), and what the person is.
import { accept, refuse } from "../../server/core/result.js";
import { signOut } from "../../server/device-login/sign-out.js";
import type { Tokens } from "../../server/device-login/tokens.js";
import { fakeWorld, login, metadata, type Script } from "./fake-provider.js";

const kept: Tokens = { accessToken: "a", obtainedAt: 0, expiresAt: 1, refreshToken: "r1" };
const revocation = { ...metadata, revocation_endpoint: "https://op.example/revoke" };

it("removes the tokens and has the refresh token revoked, as a public client does", async () => {
  const world = fakeWorld({ "openid-configuration": [revocation], revoke: [{}] }, kept);
  expect(await signOut(login, world)).toEqual(
    accept("signed out at https://op.example, which revoked the refresh token"),
  );
  expect(world.kept).toBeUndefined();
  expect(world.sent[1]).toEqual({
    url: "https://op.example/revoke",
    method: "POST",
    form: { client_id: "cli", token: "r1", token_type_hint: "refresh_token" },
  });
});

it.each<[string, Script, string]>([
  ["names no endpoint", {}, "https://op.example names no revocation_endpoint that is an https URL"],
  [
    "names one in the clear",
    { "openid-configuration": [{ ...metadata, revocation_endpoint: "http://op.example/revoke" }] },
    "https://op.example names no revocation_endpoint that is an https URL",
  ],
  [
    "refuses",
    { "openid-configuration": [revocation], revoke: [{ error: "unsupported_token_type" }] },
    "https://op.example/revoke answered unsupported_token_type",
  ],
  ["is down", { "openid-configuration": ["outage"] }, "https://op.example failed: ECONNREFUSED"],
  [
    "goes down",
    { "openid-configuration": [revocation], revoke: ["outage"] },
    "https://op.example failed: ECONNREFUSED",
  ],
])("removes the tokens and says so when the provider %s", async (_what, script, why) => {
  const world = fakeWorld(script, kept);
  const sentence = `signed out here, but the refresh token is not revoked: ${why}`;
  expect(await signOut(login, world)).toEqual(accept(sentence));
  expect(world.kept).toBeUndefined();
});

it("asks nobody where there is no refresh token", async () => {
  const world = fakeWorld({}, { accessToken: "a", obtainedAt: 0, expiresAt: 1 });
  expect(await signOut(login, world)).toEqual(accept("signed out at https://op.example"));
  expect([world.kept, world.sent]).toEqual([undefined, []]);
});

it("says that there was nothing", async () => {
  expect(await signOut(login, fakeWorld({}))).toEqual(
    accept("no sign-in is kept for cli at https://op.example with this scope, resource and audience"),
  );
});

it("does not wait for a sign-in that is under way", async () => {
  const world = fakeWorld({}, kept);
  world.store.alone = (_run, onAsking) => {
    const told = onAsking();
    if (told.ok) throw new Error("it waits");
    return Promise.resolve(refuse({ kind: "refused", sentence: told.denial }));
  };
  expect(await signOut(login, world)).toMatchObject({
    denial: { sentence: "another process is signing in at https://op.example; end that first" },
  });
  expect(world.kept).toEqual(kept);
});
