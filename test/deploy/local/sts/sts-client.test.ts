// The AWS SDK as it is, against the twin's STS on a socket.
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  type AssumeRoleCommandInput,
  type STSServiceException,
} from "@aws-sdk/client-sts";
import { now, policy, roleArn, textMatching } from "../iam/sample-caller.js";
import { analystRole, gatewayRole, startLocalSts, trusted, type LocalSts } from "./local-sts.js";
import type { StsFault } from "../../../../deploy/local/aws/sts/create-sts.js";

const managedPolicy = {
  arn: "arn:aws:iam::123456789012:policy/read",
  document: policy("identity", { Action: "s3:GetObject", Resource: "*" }),
};
let local: LocalSts;
let fault: StsFault | undefined;
beforeAll(async () => {
  local = await startLocalSts({
    fault: () => fault,
    template: { managedPolicies: [managedPolicy] },
  });
});
afterEach(() => (fault = undefined));
afterAll(() => local.close());

type ErrorClass = typeof MalformedPolicyDocumentException | typeof PackedPolicyTooLargeException;

const input = { RoleArn: roleArn("analyst"), RoleSessionName: "alice@example.com" };
const failureOf = async (call: Promise<unknown>): Promise<STSServiceException> =>
  call.then(
    () => Promise.reject(new Error("was answered")),
    (error: unknown) => error as STSServiceException,
  );

test("AssumeRole gives a session that names the role, the session and its end", async () => {
  const answer = await local.client(local.mint()).send(
    new AssumeRoleCommand({
      ...input,
      DurationSeconds: 900,
      SourceIdentity: "alice",
      Tags: [{ Key: "tenant", Value: "acme" }],
      TransitiveTagKeys: ["tenant"],
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource: "*" },
      }),
    }),
  );
  expect(answer).toMatchObject({
    AssumedRoleUser: {
      Arn: "arn:aws:sts::123456789012:assumed-role/analyst/alice@example.com",
      AssumedRoleId: "AROAEXAMPLEEXAMPLE123:alice@example.com",
    },
    SourceIdentity: "alice",
    Credentials: {
      AccessKeyId: textMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: textMatching(/^[A-Za-z0-9+/]{40}$/),
      SessionToken: textMatching(/^[A-Za-z0-9+/=]{600,900}$/),
      Expiration: new Date(now + 900_000),
    },
  });
  expect(answer).toHaveProperty("PackedPolicySize", 6);
  expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("the session that AssumeRole gave carries its tags, its policy and its identity", async () => {
  const { Credentials } = await local
    .client(local.mint())
    .send(new AssumeRoleCommand({ ...input, SourceIdentity: "alice", Tags: [{ Key: "Tenant", Value: "" }] }));
  expect(local.sessions.find(Credentials?.AccessKeyId ?? "")).toMatchObject({
    tags: { Tenant: "" },
    sourceIdentity: "alice",
    transitiveTagKeys: [],
  });
});

test("the answer says how large the token is, and that it is as large as was asked", async () => {
  const answer = await local
    .client(local.mint())
    .send(new AssumeRoleCommand({ ...input, MinimumSessionTokenSize: 4096 }));
  expect(answer).toMatchObject({ SessionTokenSize: 4096, SessionTokenUtilization: 100 });
  expect(answer.Credentials?.SessionToken).toHaveLength(4096);
});

test("a managed policy of the template limits the session", async () => {
  const { Credentials } = await local
    .client(local.mint())
    .send(new AssumeRoleCommand({ ...input, PolicyArns: [{ arn: managedPolicy.arn }] }));
  expect(local.sessions.find(Credentials?.AccessKeyId ?? "")?.sessionPolicy).toEqual(managedPolicy.document);
});

test("without policy and tags there is no packed size", async () => {
  const answer = await local.client(local.mint()).send(new AssumeRoleCommand({ ...input, Tags: [] }));
  expect(answer).not.toHaveProperty("PackedPolicySize");
});

test("GetCallerIdentity says who asks", async () => {
  const answer = await local.client(local.mint()).send(new GetCallerIdentityCommand({}));
  expect(answer).toMatchObject({
    Account: "123456789012",
    UserId: "AROAEXAMPLEEXAMPLE123:task",
    Arn: "arn:aws:sts::123456789012:assumed-role/gateway/task",
  });
});

test("a session that AssumeRole gave can sign", async () => {
  const { Credentials } = await local.client(local.mint()).send(new AssumeRoleCommand(input));
  const session = local.sessions.find(Credentials?.AccessKeyId ?? "");
  if (session === undefined) throw new Error("no session");
  const answer = await local.client(session).send(new GetCallerIdentityCommand({}));
  expect(answer.Arn).toBe("arn:aws:sts::123456789012:assumed-role/analyst/alice@example.com");
});

test("a refusal has STS's name, status, text and request id", async () => {
  const session = local.mint();
  const call = local.client(session).send(new AssumeRoleCommand({ ...input, RoleArn: roleArn("nobody") }));
  const failure = await failureOf(call);
  expect(failure.name).toBe("AccessDenied");
  expect(failure.message).toBe(
    `User: ${session.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("nobody")}`,
  );
  expect(failure.$metadata).toMatchObject({
    httpStatusCode: 403,
    requestId: textMatching(/^[0-9a-f-]{36}$/),
  });
});

test.each([[true], [false]])(
  "the statement that was missing is printed only on demand (%s)",
  async (explain) => {
    const roles = [gatewayRole(), analystRole(trusted({ Action: "sts:TagSession" }))];
    const own = await startLocalSts({ roles, explain });
    await failureOf(own.client(own.mint()).send(new AssumeRoleCommand(input)));
    const [line = "", ...more] = own.lines;
    expect(line).toContain(
      "-> arn:aws:iam::123456789012:role/analyst: sts:AssumeRole: no statement of the trust",
    );
    expect(more.join().includes("missing in the trust policy of role analyst")).toBe(explain);
    own.close();
  },
);

test.each<[string, object, string, number]>([
  ["an unknown key", { accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }, "InvalidClientTokenId", 403],
  ["another token", { sessionToken: "x" }, "InvalidClientTokenId", 403],
  ["another secret", { secretAccessKey: "x" }, "SignatureDoesNotMatch", 403],
])("%s", async (_title, changes, name, status) => {
  const call = local.client({ ...local.mint(), ...changes }).send(new GetCallerIdentityCommand({}));
  expect(await failureOf(call)).toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

test.each<[string, Partial<AssumeRoleCommandInput>, ErrorClass, string]>([
  ["a policy that is none", { Policy: "{}" }, MalformedPolicyDocumentException, "MalformedPolicyDocument"],
  [
    "tags that are too large",
    { Tags: Array.from({ length: 8 }, (_, i) => ({ Key: `k${i}`, Value: "v".repeat(256) })) },
    PackedPolicyTooLargeException,
    "PackedPolicyTooLarge",
  ],
])("%s is the SDK's own exception", async (_title, changes, expected, code) => {
  const failure = await failureOf(
    local.client(local.mint()).send(new AssumeRoleCommand({ ...input, ...changes })),
  );
  expect(failure).toBeInstanceOf(expected);
  expect(failure).toMatchObject({ Error: { Code: code }, $metadata: { httpStatusCode: 400 } });
});

test("a parameter that breaks its constraint", async () => {
  const call = local.client(local.mint()).send(new AssumeRoleCommand({ ...input, RoleSessionName: "a:b" }));
  expect(await failureOf(call)).toMatchObject({
    name: "ValidationError",
    message:
      "1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    $metadata: { httpStatusCode: 400 },
  });
});

test("an action that is not served is named", async () => {
  const failure = await failureOf(local.client(local.mint()).send(new GetSessionTokenCommand({})));
  expect(failure).toMatchObject({ name: "InvalidAction", $metadata: { httpStatusCode: 400 } });
  expect(failure.message).toContain("GetSessionToken is not served by the local twin");
});

test("an expired session", async () => {
  const call = local.client(local.mint({ durationSeconds: 0 })).send(new GetCallerIdentityCommand({}));
  expect(await failureOf(call)).toMatchObject({ name: "ExpiredToken", $metadata: { httpStatusCode: 403 } });
});

test.each<[StsFault, string, number]>([
  ["throttle", "Throttling", 400],
  ["deny", "AccessDenied", 403],
])("on demand it answers %s", async (wanted, name, status) => {
  fault = wanted;
  const failure = await failureOf(local.client(local.mint()).send(new AssumeRoleCommand(input)));
  expect(failure).toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

test("on demand it closes the connection without an answer", async () => {
  fault = "drop";
  const failure = await failureOf(local.client(local.mint()).send(new AssumeRoleCommand(input)));
  expect(failure.message).toContain("socket hang up");
});

test("on demand it is slow, and then does what it was asked", async () => {
  let goOn: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const own = await startLocalSts({ fault: () => ({ slow }) });
  let isAnswered = false;
  const call = own.client(own.mint()).send(new AssumeRoleCommand(input));
  void call.then(() => (isAnswered = true));
  // A whole call to another STS in the meantime shows that this one waits.
  await local.client(local.mint()).send(new GetCallerIdentityCommand({}));
  const before = isAnswered;
  goOn();
  expect((await call).AssumedRoleUser?.Arn).toContain("assumed-role/analyst/");
  expect(before).toBe(false);
  own.close();
});

test("what is slow is answered with 503 when STS closes, and so is what comes later", async () => {
  const fault: StsFault = { slow: new Promise(() => undefined) };
  const own = await startLocalSts({ fault: () => fault });
  const call = failureOf(own.client(own.mint()).send(new AssumeRoleCommand(input)));
  // A whole call to another STS in the meantime shows that this one waits.
  await local.client(local.mint()).send(new GetCallerIdentityCommand({}));
  own.sts.close();
  expect(await call).toMatchObject({ name: "ServiceUnavailable", $metadata: { httpStatusCode: 503 } });
  const late = failureOf(own.client(own.mint()).send(new AssumeRoleCommand(input)));
  expect(await late).toMatchObject({ name: "ServiceUnavailable" });
  own.close();
});
