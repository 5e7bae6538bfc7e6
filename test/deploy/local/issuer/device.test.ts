// The device authorization grant (RFC 8628) at the local OpenID provider, as the grantway command uses it.
import { decodeJwt } from "jose";
import { startOpenIdProvider, type OpenIdProvider } from "../../../../deploy/local/issuer/openid-provider.js";
import { answerDevice, Visitor } from "./visitor.js";

let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await startOpenIdProvider({ port: 0 });
});
afterAll(() => provider.close());
afterEach(() => jest.restoreAllMocks());

type Answer = Readonly<Record<string, string>>;

async function post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const body = new URLSearchParams({ client_id: "grantway-cli", ...fields });
  return (await (await fetch(`${provider.issuer}${path}`, { method: "POST", body })).json()) as Answer;
}
const begin = (): Promise<Answer> => post("/device/auth", { scope: "openid offline_access reports:read" });
const poll = ({ device_code: code = "" }: Answer, clientId = "grantway-cli"): Promise<Answer> =>
  post("/token", {
    client_id: clientId,
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: code,
  });

/** oidc-provider reads the process's clock and takes no other. */
function passSeconds(seconds: number): void {
  const later = Date.now() + seconds * 1_000;
  jest.spyOn(Date, "now").mockImplementation(() => later);
}

it("names the interval and a page that has the code in it already", async () => {
  const begun = await begin();
  expect(begun).toMatchObject({
    interval: 5,
    expires_in: 600,
    verification_uri: `${provider.issuer}/device`,
  });
  expect(begun.user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  const { text } = await new Visitor().open(begun.verification_uri_complete ?? "");
  expect(text).toContain(`value="${begun.user_code ?? ""}"`);
  expect(text).not.toContain("<script");
});

it("is pending until the user approves, then gives his tokens once", async () => {
  const begun = await begin();
  expect(await poll(begun)).toMatchObject({ error: "authorization_pending" });
  const approved = await answerDevice(begun.verification_uri_complete ?? "", "carol");
  expect(approved.text).toContain("Signed in");
  const tokens = await poll(begun);
  expect(decodeJwt(tokens.access_token ?? "")).toMatchObject({
    sub: "carol",
    tenant: "globex",
    aud: "https://api.grantway.local",
    client_id: "grantway-cli",
    scope: "reports:read",
  });
  expect(tokens.refresh_token).toEqual(expect.any(String));
  expect(await poll(begun)).toMatchObject({ error: "invalid_grant" });
});

it("takes a code that is typed, in small letters and without its dash", async () => {
  const begun = await begin();
  const visitor = new Visitor();
  const typed = (begun.user_code ?? "").toLowerCase().replace("-", "");
  const asked = await visitor.open(begun.verification_uri ?? "");
  const shown = await visitor.submit(asked, { user_code: typed });
  expect(shown.text).toContain(`<p class="code">${begun.user_code ?? ""}</p>`);
  expect(shown.text).toContain("the grantway command");
  await visitor.submit(await visitor.submit(shown, { confirm: "yes" }), { user: "bob" });
  expect(decodeJwt((await poll(begun)).access_token ?? "").sub).toBe("bob");
});

it("says slow_down to whoever polls again before the interval is over, and adds to the interval", async () => {
  const begun = await begin();
  expect(await poll(begun)).toMatchObject({ error: "authorization_pending" });
  passSeconds(4);
  expect(await poll(begun)).toMatchObject({ error: "slow_down" });
  passSeconds(9);
  expect(await poll(begun)).toMatchObject({ error: "slow_down" });
  passSeconds(15);
  expect(await poll(begun)).toMatchObject({ error: "authorization_pending" });
});

it("is denied where the user refuses the code", async () => {
  const begun = await begin();
  const refused = await answerDevice(begun.verification_uri_complete ?? "", undefined);
  expect(refused.text).toContain("The sign-in was refused.");
  expect(await poll(begun)).toMatchObject({ error: "access_denied" });
});

it("is denied where the user confirms the code and then cancels", async () => {
  const begun = await begin();
  const visitor = new Visitor();
  const page = await visitor.open(begun.verification_uri_complete ?? "");
  const shown = await visitor.submit(page, { user_code: begun.user_code ?? "" });
  const cancelled = await visitor.submit(await visitor.submit(shown, { confirm: "yes" }), { cancel: "yes" });
  expect(cancelled.text).toContain("The sign-in was refused.");
  expect(await poll(begun)).toMatchObject({ error: "access_denied" });
});

it("expires, for the one who polls and the one who types", async () => {
  const begun = await begin();
  passSeconds(601);
  expect(await poll(begun)).toMatchObject({ error: "expired_token" });
  const visitor = new Visitor();
  const asked = await visitor.open(begun.verification_uri ?? "");
  const { text } = await visitor.submit(asked, { user_code: begun.user_code ?? "" });
  expect(text).toContain("This code has expired.");
});

it.each(["", "ZZZZ-ZZZZ", '"><img src=x>'])("asks again for the code %j", async (code) => {
  const visitor = new Visitor();
  const asked = await visitor.open(`${provider.issuer}/device`);
  const again = await visitor.submit(asked, { user_code: code });
  expect([again.status, again.text]).toEqual([200, expect.stringContaining("Which code do you see?")]);
  expect(again.text).not.toContain("<img");
});

it("escapes a code from the address", async () => {
  const { text } = await new Visitor().open(`${provider.issuer}/device?user_code="><img%20src=x>`);
  expect(text).toContain('value="&quot;&gt;&lt;img src=x&gt;"');
});

it.each(["confirm", "abort"])("takes no %s from another page, and says so without a bug", async (choice) => {
  const begun = await begin();
  const logged = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const form = { user_code: begun.user_code ?? "", [choice]: "yes" };
  for (const xsrf of [{}, { xsrf: "" }, { xsrf: "guessed" }]) {
    const { status, text } = await new Visitor().open(`${provider.issuer}/device`, { ...form, ...xsrf });
    expect([status, text]).toEqual([400, expect.stringContaining("This sign-in has ended")]);
  }
  expect(await poll(begun)).toMatchObject({ error: "authorization_pending" });
  expect(logged.mock.calls).toEqual([]);
});

it.each(["grantway-demo", "grantway-shell"])("is not for the client %s", async (clientId) => {
  expect(await post("/device/auth", { client_id: clientId })).toMatchObject({
    error: "invalid_request",
    error_description: "urn:ietf:params:oauth:grant-type:device_code is not allowed for this client",
  });
  const begun = await begin();
  expect(await poll(begun, clientId)).toMatchObject({ error: "invalid_request" });
});
