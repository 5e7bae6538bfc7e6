// The AWS SDK as it is, against the twin's STS on a socket.
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSServiceException } from "@aws-sdk/client-sts";
import { now, roleArn, textMatching } from "../iam/sample-caller.js";
import { startLocalSts, type LocalSts } from "./local-sts.js";
import type { StsFault } from "../../../../deploy/local/aws/sts/create-sts.js";

let local: LocalSts;
let fault: StsFault | undefined;
beforeAll(async () => {
  local = await startLocalSts(undefined, () => fault);
});
afterEach(() => (fault = undefined));
afterAll(() => local.close());

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

test.each<[string, object, string, number]>([
  ["an unknown key", { accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }, "InvalidClientTokenId", 403],
  ["another token", { sessionToken: "x" }, "InvalidClientTokenId", 403],
  ["another secret", { secretAccessKey: "x" }, "SignatureDoesNotMatch", 403],
])("%s", async (_title, changes, name, status) => {
  const call = local.client({ ...local.mint(), ...changes }).send(new GetCallerIdentityCommand({}));
  expect(await failureOf(call)).toMatchObject({ name, $metadata: { httpStatusCode: status } });
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

test("on demand it hangs until it is closed", async () => {
  const own = await startLocalSts(undefined, () => "hang");
  let isAnswered = false;
  const call = failureOf(own.client(own.mint()).send(new AssumeRoleCommand(input)));
  void call.then(() => (isAnswered = true));
  // A whole call to another STS in the meantime shows that this one waits.
  await local.client(local.mint()).send(new GetCallerIdentityCommand({}));
  const before = isAnswered;
  own.sts.close();
  expect(await call).toMatchObject({ name: "ServiceUnavailable" });
  expect(before).toBe(false);
  own.close();
});
