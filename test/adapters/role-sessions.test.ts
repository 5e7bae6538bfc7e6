import type { ServerResponse } from "node:http";
import { createRoleSessions, type AssumeRoleCall } from "../../server/adapters/role-sessions.js";
import type { SessionSpec } from "../../server/core/model.js";
import {
  assumed,
  assumedAt,
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
  const calls: AssumeRoleCall[] = [];
  const roleSessions = createRoleSessions({
    region: "eu-west-1",
    endpoint: sts.endpoint,
    clock: () => now,
    onAssumeRole: (call) => calls.push(call),
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  const result = await roleSessions.assume(sessionSpecWith(spec));
  roleSessions.close();
  await sts.close();
  const outcomes = calls.map(({ outcome }) => outcome);
  return { result, calls, outcomes, tries: sts.forms.length, form: Object.fromEntries(sts.forms[0] ?? []) };
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
      policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/more"],
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
      "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "PolicyArns.member.2.arn": "arn:aws:iam::123456789012:policy/more",
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
      assumedRoleId: "AROA:main.alice",
      requestId: "request-1",
    });
    expect(outcomes).toEqual(["ok"]);
  });

  test("asks for an hour at most while the gateway itself runs on a role", async () => {
    expect((await assume([assumed], { durationSeconds: 43_200 })).form.DurationSeconds).toBe("43200");
    process.env.AWS_SESSION_TOKEN = "of-the-task-role";
    expect((await assume([assumed], { durationSeconds: 43_200 })).form.DurationSeconds).toBe("3600");
  });
});

describe("what an AssumeRole tells of itself", () => {
  test("its rule, its outcome, how long it took and the session", async () => {
    const { calls, result } = await assume([assumedAt(73)]);
    const spec = sessionSpecWith();
    expect(calls).toEqual([{ rule: "analyst", spec, outcome: "ok", seconds: 0, session: accepted(result) }]);
    expect(accepted(result).packedPolicySize).toBe(73);
  });

  test("how full the session is by STS's newer count, where it gives that", async () => {
    const { result } = await assume([assumedAt(74, "SessionTokenUtilization")]);
    expect(accepted(result).packedPolicySize).toBe(74);
  });

  test("no session where there is none", async () => {
    const { calls } = await assume([failed(403, "AccessDenied")]);
    const spec = sessionSpecWith();
    expect(calls).toEqual([{ rule: "analyst", spec, outcome: "session_refused", seconds: 0 }]);
  });
});

test("a role's path is no part of its sessions' name", async () => {
  const { result } = await assume([assumed], {
    roleArn: "arn:aws:iam::123456789012:role/team/a/reports-invoker",
  });
  expect(accepted(result).requestId).toBe("request-1");
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
    expect(refused(result)).toHaveProperty(
      "cause",
      expect.stringMatching(`^${code}.*: why not \\(request request-1\\)$`),
    );
    expect(tries).toBe(1);
    expect(outcomes).toEqual([reason]);
  });
});

describe("what STS cannot do is an outage", () => {
  test.each([
    ["an answer without credentials", withoutCredentials],
    ["an answer that is not STS's", html],
    ["a refusal that we do not know", failed(400, "SomethingNew")],
  ])("%s", async (_, answer) => {
    const { result, outcomes } = await assume([answer]);
    expect(refused(result)).toMatchObject({ reason: "sts_unavailable", retryAfterSeconds: 2 });
    expect(outcomes).toEqual(["sts_unavailable"]);
  });

  test.each([
    ["expired credentials", 403, "ExpiredToken"],
    ["expired credentials by another name", 400, "ExpiredTokenException"],
    ["unknown credentials", 403, "InvalidClientTokenId"],
    ["a bad signature", 403, "SignatureDoesNotMatch"],
    ["a region that is off", 403, "RegionDisabledException"],
  ])("the gateway's own: %s; not tried again, and not soon by the caller", async (_, status, code) => {
    const { result, tries } = await assume([failed(status, code)]);
    expect(refused(result)).toMatchObject({
      reason: "sts_unavailable",
      retryAfterSeconds: 30,
      cause: expect.stringMatching(`^the gateway's own access to STS: ${code}`) as string,
    });
    expect(tries).toBe(1);
  });

  test("of what STS says no more than a line is told: after a bad signature it may quote the gateway's own token", async () => {
    const message =
      "It does not match.\n\nThe Canonical String should have been\n'POST\n/\nx-amz-security-token:IQoJb3Jp";
    const { result } = await assume([failed(403, "SignatureDoesNotMatch", {}, message)]);
    expect(refused(result)).toMatchObject({
      cause: "the gateway's own access to STS: SignatureDoesNotMatch: It does not match. (request request-1)",
    });
    const long = await assume([failed(403, "AccessDenied", {}, "x".repeat(100_000))]);
    expect(refused(long.result)).toMatchObject({
      cause: `AccessDenied: ${"x".repeat(500)} (request request-1)`,
    });
  });

  test("no credentials at all", async () => {
    const nowhere = { AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/dev/null", HOME: "/nonexistent" };
    Object.assign(process.env, nowhere, { AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
    delete process.env.AWS_ACCESS_KEY_ID;
    const { result, tries } = await assume([assumed]);
    expect(refused(result)).toMatchObject({
      reason: "sts_unavailable",
      retryAfterSeconds: 30,
      cause: expect.stringContaining("CredentialsProviderError") as string,
    });
    expect(tries).toBe(0);
  });

  test.each([
    ["role", { roleArn: "arn:aws:iam::123456789012:role/reports-invoker-2" }],
    ["account", { roleArn: "arn:aws:iam::210987654321:role/reports-invoker" }],
    ["partition", { roleArn: "arn:aws-cn:iam::123456789012:role/reports-invoker" }],
    ["session name", { roleSessionName: "main.bob" }],
  ])("a session of another %s than was asked for", async (_, spec) => {
    const { result } = await assume([assumed], spec);
    expect(refused(result)).toMatchObject({
      reason: "sts_unavailable",
      cause: expect.stringContaining(
        "a session of arn:aws:sts::123456789012:assumed-role/reports-invoker/main.alice, not of arn:",
      ) as string,
    });
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
      cause: "the gateway's own access to STS: no credentials: Error: no answer came in time",
      retryAfterSeconds: 30,
    });
    expect([asked.length, tries]).toEqual([1, 0]);
  });
});

describe("trying again", () => {
  test("is not a matter of the environment", async () => {
    process.env.AWS_MAX_ATTEMPTS = "1";
    const { tries } = await assume([failed(400, "Throttling"), assumed]);
    expect(tries).toBe(2);
  });

  test("ends with the deadline, also while it pauses", async () => {
    const { result, tries } = await assume([failed(400, "Throttling", { "retry-after": "1" })], {}, 100);
    expect(refused(result)).toMatchObject({
      reason: "sts_unavailable",
      cause: "Error: no answer came in time",
    });
    expect(tries).toBe(1);
  });

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
