// The gateway's own credentials, where it trades a token file for them (Fly.io, EKS): the same STS refuses by the same names, and
// what it says of the gateway is never the caller's. The trade is asked of an STS of its own here, so that each no has one source.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRoleSessions } from "../../server/adapters/role-sessions.js";
import { assumed, failed, startFakeSts, type Answer } from "../fixtures/fake-sts.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { now } from "../fixtures/principal.js";
import { sessionSpecWith } from "../fixtures/session.js";

const environment = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), "own-credentials-"));
const tokenFile = join(folder, "token");

beforeAll(() => {
  writeFileSync(tokenFile, "e30.e30.c2ln");
  for (const name of Object.keys(process.env).filter((key) => /^AWS_(?!SDK_JS)/.test(key)))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/gateway",
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    // The SDK's own patience with a throttled trade is no matter of ours.
    AWS_MAX_ATTEMPTS: "1",
    ...{ AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/dev/null" },
  });
});
afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true });
});

const lentUntil =
  (expiration: string): Answer =>
  (response) =>
    response
      .writeHead(200, { "content-type": "text/xml" })
      .end(
        '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
          "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAGATEWAY</AccessKeyId>" +
          "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>" +
          `<Expiration>${expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>` +
          "</AssumeRoleWithWebIdentityResponse>",
      );
const lent = lentUntil("2100-01-01T00:00:00Z");

/** One `assume` of a fresh adapter; what the gateway's own trades get, and what AssumeRole gets. */
async function assume(trades: readonly Answer[], answer: Answer = assumed) {
  const [own, sts] = await Promise.all([startFakeSts(...trades), startFakeSts(answer)]);
  process.env.AWS_ENDPOINT_URL_STS = own.endpoint;
  const roleSessions = createRoleSessions({
    region: "eu-west-1",
    endpoint: sts.endpoint,
    clock: () => now,
  });
  const result = await roleSessions.assume(sessionSpecWith());
  const ownFault = await roleSessions.ownCredentials().then(() => undefined, String);
  roleSessions.close();
  await Promise.all([own.close(), sts.close()]);
  return { result, ownFault, assumeRoles: sts.forms.length, trade: own.forms[0]?.get("Action") };
}

test("a token file is traded for what AssumeRole is signed with", async () => {
  const { result, trade } = await assume([lent]);
  expect(accepted(result).requestId).toBe("request-1");
  expect(trade).toBe("AssumeRoleWithWebIdentity");
});

test.each([
  [403, "AccessDenied"],
  [400, "ValidationError"],
  [400, "PackedPolicyTooLarge"],
  [400, "InvalidIdentityToken"],
  [400, "ExpiredTokenException"],
])("%i %s of the gateway's own token is an outage, and nobody's role is asked for", async (status, code) => {
  const { result, assumeRoles, ownFault } = await assume([failed(status, code)]);
  const said = expect.stringMatching(`${code}.*: why not \\(request request-1\\)$`) as string;
  expect(refused(result)).toEqual({ reason: "sts_unavailable", cause: said, retryAfterSeconds: 30 });
  expect(refused(result)).toMatchObject({
    cause: expect.stringMatching(`^the gateway's own access to STS: no credentials: ${code}`) as string,
  });
  expect(ownFault).toEqual(said);
  expect(assumeRoles).toBe(0);
});

test("a throttle of the gateway's own token is a throttle, and passes as soon as another", async () => {
  const { result } = await assume([failed(400, "Throttling")]);
  expect(refused(result)).toEqual({
    reason: "sts_throttled",
    cause: "the gateway's own access to STS: no credentials: Throttling: why not (request request-1)",
    retryAfterSeconds: 1,
  });
});

test("credentials that end between being looked at and being signed with are still the gateway's own, and so is the no to new ones", async () => {
  const { result, assumeRoles } = await assume([
    lentUntil("2020-01-01T00:00:00Z"),
    failed(403, "AccessDenied"),
  ]);
  expect(refused(result)).toMatchObject({
    reason: "sts_unavailable",
    cause: expect.stringContaining("no credentials: AccessDenied") as string,
    retryAfterSeconds: 30,
  });
  expect(assumeRoles).toBe(0);
});

test("what STS says to AssumeRole itself stays the caller's", async () => {
  const { result } = await assume([lent], failed(403, "AccessDenied"));
  expect(refused(result)).toEqual({
    reason: "session_refused",
    cause: "AccessDenied: why not (request request-1)",
  });
});
