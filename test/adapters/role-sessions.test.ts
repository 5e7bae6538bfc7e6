import type { ServerResponse } from "node:http";
import { assumeRoleInput, createRoleSessions } from "../../server/adapters/role-sessions.js";
import type { SessionSpec } from "../../server/core/model.js";
import {
  assumed,
  failed,
  hang,
  hangUp,
  html,
  startFakeSts,
  withoutCredentials,
  type Answer,
} from "../fixtures/fake-sts.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { now } from "../fixtures/principal.js";
import { sessionSpecWith } from "../fixtures/session.js";
import { nowSeconds } from "../fixtures/tokens.js";

const environment = { ...process.env };

beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "the-gateways-own-secret";
  delete process.env.AWS_SESSION_TOKEN;
});
afterEach(() => {
  process.env = { ...environment };
});

/** One `assume` of a fresh adapter against an STS that answers so, and what STS saw of it. */
async function assume(answers: readonly Answer[], spec?: Partial<SessionSpec>, deadlineMs?: number) {
  const sts = await startFakeSts(...answers);
  const outcomes: string[] = [];
  const roleSessions = createRoleSessions({
    region: "eu-west-1",
    endpoint: sts.endpoint,
    clock: () => now,
    onAssumeRole: (outcome) => outcomes.push(outcome),
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  const result = await roleSessions.assume(sessionSpecWith(spec));
  roleSessions.close();
  await sts.close();
  return { result, outcomes, tries: sts.forms.length, form: Object.fromEntries(sts.forms[0] ?? []) };
}

describe("AssumeRole", () => {
  test("is asked for exactly what the spec says", async () => {
    const { result, form, outcomes } = await assume([assumed], {
      tags: [
        { key: "team", value: "" },
        { key: "tenant", value: "acme 東京" },
      ],
      transitiveTagKeys: ["tenant"],
      externalId: "ext-1",
    });
    expect(form).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: "arn:aws:iam::123456789012:role/reports-invoker",
      RoleSessionName: "main.alice",
      SourceIdentity: "main.alice",
      DurationSeconds: "3600",
      ExternalId: "ext-1",
      Policy: '{"Version":"2012-10-17","Statement":[]}',
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "",
      "Tags.member.2.Key": "tenant",
      "Tags.member.2.Value": "acme 東京",
      "TransitiveTagKeys.member.1": "tenant",
    });
    expect(accepted(result)).toEqual({
      credentials: { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" },
      expiration: now + 3_600_000,
      assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/reports-invoker/main.alice",
      requestId: "request-1",
    });
    expect(outcomes).toEqual(["ok"]);
  });

  test("is not asked for what the spec leaves out", () => {
    const bare = Object.entries(sessionSpecWith()).filter(([name]) => name !== "sourceIdentity");
    const input = assumeRoleInput(Object.fromEntries(bare) as unknown as SessionSpec, {
      now,
      isChained: false,
    });
    expect(Object.keys(input)).toEqual(["RoleArn", "RoleSessionName", "DurationSeconds", "Policy"]);
  });

  test("asks for an hour at most while the gateway itself runs on a role", async () => {
    expect((await assume([assumed], { durationSeconds: 43_200 })).form.DurationSeconds).toBe("43200");
    process.env.AWS_SESSION_TOKEN = "of-the-task-role";
    expect((await assume([assumed], { durationSeconds: 43_200 })).form.DurationSeconds).toBe("3600");
  });

  test.each([
    ["the rule's duration", 3600, undefined, 3600],
    ["the floor where the rule asks for less", 60, undefined, 900],
    ["what is left of the token", 3600, nowSeconds + 1800, 1800],
    ["what is left in whole seconds", 3600, nowSeconds + 1800.9, 1800],
    ["no more than the rule where the token lives longer", 3600, nowSeconds + 7200, 3600],
    ["the floor where less is left", 3600, nowSeconds + 899, 900],
    ["the floor where nothing is left", 3600, nowSeconds - 1, 900],
  ])("asks for %s", (_, durationSeconds, notAfter, expected) => {
    const spec = sessionSpecWith({ durationSeconds, ...(notAfter !== undefined && { notAfter }) });
    expect(assumeRoleInput(spec, { now, isChained: false }).DurationSeconds).toBe(expected);
  });
});

describe("what STS refuses is the caller's", () => {
  test.each([
    [403, "AccessDenied", "session_refused"],
    [400, "ValidationError", "session_refused"],
    [400, "MalformedPolicyDocument", "session_refused"],
    [400, "PackedPolicyTooLarge", "session_too_large"],
  ])("%i %s is %s, and is not tried again", async (status, code, reason) => {
    const { result, tries, outcomes } = await assume([failed(status, code), assumed]);
    expect(refused(result).reason).toBe(reason);
    expect(refused(result)).toHaveProperty("cause", expect.stringMatching(`^${code}.*: why not$`));
    expect(tries).toBe(1);
    expect(outcomes).toEqual([reason]);
  });
});

describe("what STS cannot do is an outage", () => {
  test.each([
    ["the gateway's own expired credentials", failed(403, "ExpiredToken")],
    ["the gateway's own unknown credentials", failed(403, "InvalidClientTokenId")],
    ["the gateway's own bad signature", failed(403, "SignatureDoesNotMatch")],
    ["a region that is off", failed(403, "RegionDisabledException")],
    ["an answer without credentials", withoutCredentials],
    ["an answer that is not STS's", html],
  ])("%s", async (_, answer) => {
    const { result, outcomes } = await assume([answer]);
    expect(refused(result)).toMatchObject({ reason: "sts_unavailable", retryAfterSeconds: 2 });
    expect(outcomes).toEqual(["sts_unavailable"]);
  });

  test("no STS at all", async () => {
    const sts = await startFakeSts();
    await sts.close();
    const options = { region: "eu-west-1", endpoint: sts.endpoint, clock: () => now };
    expect(refused(await createRoleSessions(options).assume(sessionSpecWith())).reason).toBe(
      "sts_unavailable",
    );
  });

  test("an STS that hangs, by the deadline", async () => {
    const { result } = await assume([hang], {}, 50);
    expect(refused(result).reason).toBe("sts_unavailable");
  });

  test("credentials of the gateway's own that do not come, by the deadline", async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const asked: ServerResponse[] = [];
    const metadata = await startFakeSts((response) => asked.push(response));
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = metadata.endpoint;
    const { result, tries } = await assume([assumed], {}, 50);
    const late = { AccessKeyId: "a", SecretAccessKey: "b", Token: "c", Expiration: "2100-01-01T00:00:00Z" };
    for (const response of asked) response.end(JSON.stringify(late));
    await metadata.close();
    expect(refused(result)).toMatchObject({
      reason: "sts_unavailable",
      cause: "Error: the gateway's own credentials did not come in time",
    });
    expect([asked.length, tries]).toEqual([1, 0]);
  });
});

describe("trying again", () => {
  test.each([
    ["a throttled call", failed(400, "Throttling")],
    ["an internal error", failed(500, "InternalFailure")],
    ["a connection that broke", hangUp],
  ])("is due after %s", async (_, answer) => {
    const { result, tries, outcomes } = await assume([answer, assumed]);
    expect(accepted(result).requestId).toBe("request-1");
    expect(tries).toBe(2);
    expect(outcomes).toEqual(["ok"]);
  });

  test("ends after three tries, and says that STS throttles", async () => {
    const { result, tries, outcomes } = await assume([failed(400, "Throttling")]);
    expect(refused(result)).toMatchObject({ reason: "sts_throttled", retryAfterSeconds: 1 });
    expect(tries).toBe(3);
    expect(outcomes).toEqual(["sts_throttled"]);
  });
});
