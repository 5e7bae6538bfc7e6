// One line for each session that AWS gave, not for each call, and it is the session that CloudTrail knows.
import { createHash } from "node:crypto";
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";
import { startStsRecorder, type StsRecorder } from "../fixtures/sts-recorder.js";

let stack: Stack;
let recorder: StsRecorder;
let fault: StsFault | undefined;
beforeAll(async () => {
  let twin = "";
  recorder = await startStsRecorder(() => twin);
  stack = await startStack({
    fault: () => fault,
    adjust: (settings) => {
      twin = settings.sts.endpoint ?? "";
      return { ...settings, sts: { ...settings.sts, endpoint: recorder.endpoint } };
    },
  });
});
afterAll(async () => {
  await stack.close();
  await recorder.close();
});

const auditLines = () => stack.sessionLines().filter(({ message }) => message === "session issued");
const linesSince = async (act: () => Promise<unknown>) => {
  const before = auditLines().length;
  await act();
  return auditLines().slice(before);
};

test("three calls with one session leave one line, with the request that asked for it", async () => {
  const answers: Response[] = [];
  const lines = await linesSince(async () => {
    for (let calls = 0; calls < 3; calls += 1) answers.push(await stack.fetchAs("alice", "/hello"));
  });
  expect(lines).toEqual([
    expect.objectContaining({
      requestId: answers[0]?.headers.get("x-request-id"),
      issuer: "local",
      subject: "alice",
      door: "proxy",
      routes: ["hello"],
      rule: "analyst",
      roleArn: "arn:aws:iam::123456789012:role/grantway-analyst",
      roleSessionName: "local.alice",
      sourceIdentity: "local.alice",
      tags: { tenant: "acme" },
      assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice",
    }),
  ]);
});

test("the line joins with what AWS recorded, by access key id, and with the caller's own lines, by request id", async () => {
  let requestId: unknown;
  const [line] = await linesSince(async () => {
    const answer = await stack.fetchAs("carol", "/hello");
    requestId = answer.headers.get("x-request-id");
    await answer.text();
  });
  const recorded = stack.aws.recordedSession(String(line?.accessKeyId));
  expect(line).toMatchObject({ requestId, assumedRoleArn: recorded?.assumedRoleArn });
  expect(recorded?.assumedRoleArn).toMatch(/^arn:aws:sts::.*carol$/);
  const requests = stack.logLines().filter(({ message }) => message === "request");
  expect(requests.filter((request) => request.requestId === requestId)).toEqual([
    expect.objectContaining({ assumeRoleRequestId: line?.assumeRoleRequestId }),
  ]);
  expect(line?.assumeRoleRequestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("credentials that were handed out are told of with the key that their holder has", async () => {
  let accessKeyId: unknown;
  const lines = await linesSince(async () => {
    const answer = (await (await stack.fetchAs("alice", "/grant/hello")).json()) as Record<string, unknown>;
    accessKeyId = answer.AccessKeyId;
  });
  expect(lines).toMatchObject([{ door: "grant", routes: ["hello"], accessKeyId }]);
});

test("a session of several routes names each of them", async () => {
  const token = await stack.issuer.mint("alice");
  const lines = await linesSince(() => postForm(`${stack.url}/sts/`, formOf(token)));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.door).toBe("sts");
  expect(lines[0]?.routes).toEqual(expect.arrayContaining(["hello", "long", "echo"]));
});

test("a caller whom no rule grants a session leaves none, and nor does a session that AWS refuses", async () => {
  expect(await linesSince(() => stack.fetchAs("bob", "/hello"))).toEqual([]);
  fault = "deny";
  const lines = await linesSince(async () => {
    expect((await stack.fetchAs("carol", "/grant/long")).status).toBe(403);
  });
  fault = undefined;
  expect(lines).toEqual([]);
});

test("fifty first calls at once leave one line", async () => {
  const lines = await linesSince(() =>
    Promise.all(
      Array.from({ length: 50 }, async () => (await stack.fetchAs("alice", "/echo/at-once")).arrayBuffer()),
    ),
  );
  expect(lines).toHaveLength(1);
});

test("the digest is of the policy that STS got, so that two equal ones are known as equal", async () => {
  for (const path of ["/hello", "/grant/hello"]) await (await stack.fetchAs("alice", path)).text();
  const lines = auditLines();
  const digests = lines.map(({ policySha256 }) => policySha256);
  const policies = lines.map(
    ({ accessKeyId }) => recorder.forms.get(String(accessKeyId))?.get("Policy") ?? "",
  );
  for (const policy of policies) expect(policy).toContain('"Statement"');
  expect(digests).toEqual(policies.map((policy) => createHash("sha256").update(policy).digest("hex")));
  expect(new Set(digests).size).toBeGreaterThan(1);
});
