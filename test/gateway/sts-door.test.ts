// The /sts door, end to end: a web identity token in, a session out, and what AWS then does with it.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { AwsClient } from "aws4fetch";
import type { Credentials } from "../../server/core/model.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import {
  analystArn,
  assumeRole,
  credentialsIn,
  formOf,
  postForm,
  stsClient,
} from "../fixtures/sts-caller.js";

let stack: Stack;
let sts: string;
beforeAll(async () => {
  stack = await startStack();
  sts = `${stack.url}/sts`;
});
afterAll(() => stack.close());

const urlOf = (name: string): string => stack.aws.functionUrls.get(name) ?? "";
const call = (credentials: Credentials, name: string): Promise<Response> =>
  new AwsClient({ ...credentials, region: "eu-west-1", service: "lambda", retries: 0 }).fetch(urlOf(name));
const sessionOf = async (user: string, path = ""): Promise<Credentials> =>
  credentialsIn(await assumeRole(`${sts}${path}`, await stack.issuer.mint(user)));

test("one session calls the functions of all routes of its role", async () => {
  const credentials = await sessionOf("alice");
  const answers = await Promise.all([
    call(credentials, "grantway-hello"),
    call(credentials, "grantway-echo"),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const lambda = new LambdaClient({ region: "eu-west-1", endpoint: stack.aws.endpoint, credentials });
  const command = new InvokeCommand({ FunctionName: "grantway-hello", Qualifier: "live", Payload: "{}" });
  expect(await lambda.send(command)).toMatchObject({ StatusCode: 200 });
});

test("a route in the URL gives a session for that route alone, the same that the grant door gives", async () => {
  const token = await stack.issuer.mint("alice");
  const credentials = credentialsIn(await assumeRole(`${sts}/hello`, token));
  expect((await call(credentials, "grantway-hello")).status).toBe(200);
  expect((await call(credentials, "grantway-echo")).status).toBe(403);
  const granted = await fetch(`${stack.url}/grant/hello`, { headers: { authorization: token } });
  expect(await granted.json()).toMatchObject({ AccessKeyId: credentials.accessKeyId });
});

test("the answer says what STS's says, and when the credentials end", async () => {
  const exp = Math.floor(Date.now() / 1000) + 120;
  const answer = await assumeRole(sts, await stack.issuer.mint("alice", { exp }), {
    DurationSeconds: 43_200,
  });
  expect(answer).toMatchObject({
    AssumedRoleUser: {
      Arn: "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice",
      AssumedRoleId: expect.stringMatching(/^AROA\w+:local\.alice$/) as string,
    },
    SubjectFromWebIdentityToken: "alice",
    Provider: stack.issuer.issuer,
    Audience: "https://api.grantway.local",
    SourceIdentity: "local.alice",
    PackedPolicySize: expect.any(Number) as number,
  });
  expect(answer.Credentials?.Expiration).toEqual(new Date(exp * 1000));
  expect(answer.$metadata.requestId).toMatch(/^[\da-f-]{36}$/);
});

test("a shorter DurationSeconds is a shorter session, and a session of its own", async () => {
  const token = await stack.issuer.mint("alice");
  const [short, long] = [
    await assumeRole(`${sts}/hello`, token, { DurationSeconds: 900 }),
    await assumeRole(`${sts}/hello`, token),
  ];
  const lifeOf = ({ Credentials: given }: typeof short) =>
    ((given?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
  expect(lifeOf(short)).toBeLessThanOrEqual(900);
  expect(lifeOf(short)).toBeGreaterThan(840);
  expect(lifeOf(long)).toBeGreaterThan(900);
  expect(credentialsIn(long).accessKeyId).not.toBe(credentialsIn(short).accessKeyId);
});

test("a Policy narrows the session, and never opens it", async () => {
  const allow = (Action: string, ...names: string[]) => ({
    Effect: "Allow",
    Action,
    Resource: names.map((name) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live`),
  });
  const policyFor = (...names: string[]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [allow("lambda:InvokeFunctionUrl", ...names), allow("lambda:InvokeFunction", ...names)],
    });
  const token = await stack.issuer.mint("alice");
  const narrowed = credentialsIn(await assumeRole(sts, token, { Policy: policyFor("grantway-hello") }));
  expect((await call(narrowed, "grantway-hello")).status).toBe(200);
  expect((await call(narrowed, "grantway-echo")).status).toBe(403);
  await expect(
    assumeRole(`${sts}/hello`, token, { Policy: policyFor("grantway-echo") }),
  ).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("Statement[0]") as string,
  });
});

test("the same caller with the same token gets the same session; another caller his own", async () => {
  const token = await stack.issuer.mint("alice");
  const [first, again] = [await assumeRole(sts, token), await assumeRole(sts, token)].map(credentialsIn);
  expect(again).toEqual(first);
  expect((await sessionOf("carol")).accessKeyId).not.toBe(first?.accessKeyId);
});

test("who holds what either door handed out is told who he is; anybody else's key is none", async () => {
  const granted = (await (await stack.fetchAs("alice", "/grant/hello")).json()) as Record<string, string>;
  const atGrant = {
    accessKeyId: granted.AccessKeyId ?? "",
    secretAccessKey: granted.SecretAccessKey ?? "",
    sessionToken: granted.SessionToken ?? "",
  };
  const whoIs = (credentials: Credentials) =>
    stsClient(sts, credentials).send(new GetCallerIdentityCommand({}));
  for (const credentials of [await sessionOf("alice"), atGrant]) {
    const { Arn, Account, UserId } = await whoIs(credentials);
    expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice");
    expect(Account).toBe("123456789012");
    expect(UserId).toMatch(/^AROA\w+:local\.alice$/);
  }
  await expect(whoIs({ ...atGrant, accessKeyId: "ASIAIOSFODNN7EXAMPLE" })).rejects.toMatchObject({
    name: "InvalidClientTokenId",
    $metadata: { httpStatusCode: 403 },
  });
  await expect(whoIs({ ...atGrant, secretAccessKey: "x".repeat(40) })).rejects.toMatchObject({
    name: "SignatureDoesNotMatch",
  });
});

test("a line break at the end of the token file is none of the token's", async () => {
  const { status, xml } = await postForm(sts, formOf(`${await stack.issuer.mint("alice")}\n`));
  expect([status, xml.includes("<AccessKeyId>")]).toEqual([200, true]);
});

test("the log says which door it was, as whom AWS knows the caller, and no secret", async () => {
  const token = await stack.issuer.mint("alice");
  const credentials = credentialsIn(await assumeRole(`${sts}/hello`, token));
  await assumeRole(sts, token);
  const lines = stack.logLines().filter(({ door }) => door === "sts");
  expect(lines.at(-2)).toMatchObject({ route: "hello", path: "/sts/hello/", status: 200, subject: "alice" });
  expect(lines.at(-1)).toMatchObject({ path: "/sts/", rule: "analyst", roleArn: analystArn, status: 200 });
  expect(lines.at(-1)).not.toHaveProperty("route");
  const text = JSON.stringify(stack.logLines());
  for (const secret of [token, token.split(".")[2], credentials.secretAccessKey, credentials.sessionToken]) {
    expect(text).not.toContain(secret);
  }
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/requests_total\{route="hello",door="sts",status="200",verdict="complete"\} [1-9]/);
});
