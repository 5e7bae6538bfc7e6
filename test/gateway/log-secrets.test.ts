// Each stack of each test looks through its whole log when it is closed (test/fixtures/log-lines.ts). Here: that the look
// finds what it is for, and that the product's own hard cases pass it.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { invokeComplete, payloadChunk } from "../../deploy/local/aws/lambda/event-stream.js";
import { startInvokeStack } from "../fixtures/invoke-stack.js";
import { createLogLines } from "../fixtures/log-lines.js";
import { credentials } from "../fixtures/session.js";
import { startStack } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";
import { startUpstreamServer } from "../fixtures/upstream-server.js";

const jwt = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${Buffer.from("{}{}{}").toString("base64url")}.c2ln`;

describe("the look through a log finds", () => {
  test.each<[string, object]>([
    ["a JWT", { path: `/hello/${jwt}` }],
    ["a JWT", { detail: `the proof ${jwt.slice(0, -5)} is none` }],
    ["a session token", { header: "IQoJb3JpZ2luX2VjEBYaCWV1LXdlc3QtMSJG" }],
    ["a secret access key", { cause: `signed with ${credentials.secretAccessKey}.` }],
    ["a secret access key", { key: "aB3+/".repeat(8) }],
    ["a field of credentials", { body: '{"SecretAccessKey":""}' }],
    ["a field of credentials", { body: "Action=AssumeRoleWithWebIdentity&WebIdentityToken=x" }],
    ["an Authorization header", { headers: ["authorization", "Bearer opaque-token-of-a-caller"] }],
    ["an Authorization header", { headers: ["authorization", "AWS4-HMAC-SHA256 Credential=ASIA/2026"] }],
    ["a secret of this run", { cause: "it was hunter2" }],
  ])("%s", (kind, fields) => {
    const { log, assertNoSecrets } = createLogLines();
    log.info(fields, "request");
    expect(() => assertNoSecrets(["hunter2"])).toThrow(`${kind} in {"message":"request"}`);
  });

  test("nothing in what a log is full of", () => {
    const { log, assertNoSecrets } = createLogLines();
    log.info(
      {
        accessKeyId: credentials.accessKeyId,
        policySha256: randomBytes(32).toString("hex"),
        digest: randomBytes(20).toString("hex"),
        roleArn: "arn:aws:iam::123456789012:role/team/a/Reports-Invoker-With-A-Long-Name-1",
        path: "/echo/Some/long/path/with/digits/0123456789/and/more",
        cause: "AccessDenied: User is not authorized to perform: sts:AssumeRole (request 3a0b)",
      },
      "request",
    );
    expect(() => assertNoSecrets(["", "not-in-it"])).not.toThrow();
  });

  test("every key that AWS could make", () => {
    for (let times = 0; times < 500; times += 1) {
      const secret = randomBytes(30).toString("base64");
      // One in sixty begins with a slash, as paths do: those are left to the list of what is known.
      if (secret.startsWith("/")) continue;
      const { log, assertNoSecrets } = createLogLines();
      log.info({ secret }, "request");
      expect(() => assertNoSecrets()).toThrow("a secret access key");
    }
  });
});

// In this process, as `npm run local` does, from the image, or as Compose does.
const startsGateway =
  /\bstartGateway\(|spawn\("npm", \["run", "local"|\bcontainer = runImage\(|"Dockerfile", "CMD"/;

test("every test that starts a gateway has its log looked through, in this process or in one of its own", () => {
  const starting = readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(join("test", file), "utf8") }))
    .filter(({ text }) => startsGateway.test(text));
  expect(starting.length).toBeGreaterThan(5);
  const blind = starting.filter(({ text }) => !/assertNoSecrets(?:In)?\(/.test(text));
  expect(blind.map(({ file }) => file)).toEqual([]);
});

test("a stack whose log holds a token does not close in silence", async () => {
  const stack = await startStack();
  stack.log.info({ token: await stack.issuer.mint("alice") }, "a mistake");
  await expect(stack.close()).rejects.toThrow('the log holds secrets: a JWT in {"message":"a mistake"}');
});

test("tokens in paths, queries, headers and forms reach no line", async () => {
  const stack = await startStack();
  const token = await stack.issuer.mint("alice");
  const paths = [
    `/hello/${token}`,
    `/${token}`,
    `/echo/${token}/x?token=${token}`,
    `/grant/${token}`,
    `/sts/${token}`,
  ];
  for (const path of paths) await (await stack.fetchAs("alice", path)).text();
  await (await stack.fetchAs("alice", "/echo/1", { headers: { dpop: jwt, cookie: jwt } })).text();
  await postForm(`${stack.url}/sts/`, formOf(token, { [token]: token, Policy: token }));
  await postForm(`${stack.url}/sts/`, formOf(token));
  expect(stack.logLines().map(({ path }) => path)).toContain("/hello/(a token)");
  await expect(stack.close()).resolves.toBeUndefined();
});

test("tokens that a function quotes when it fails, or logs, are taken out of its words, and the words are kept", async () => {
  const said = (token: string) => `cannot verify ${token} of Bearer opaque-token-of-a-caller, it says`;
  const told = said("(a token)").replace("opaque-token-of-a-caller", "(a token)");
  const tail = Buffer.from(said(jwt)).toString("base64");
  const ErrorDetails = JSON.stringify({ errorType: "TypeError", errorMessage: said(jwt) });
  const lambda = await startUpstreamServer(({ url = "" }, response) => {
    if (!url.includes("response-streaming")) {
      response.setHeader("x-amz-function-error", "Unhandled");
      response.setHeader("x-amz-log-result", tail);
      response.end(ErrorDetails);
      return;
    }
    response.setHeader("content-type", "application/vnd.amazon.eventstream");
    response.write(payloadChunk(Buffer.from(`{"statusCode":200}${"\0".repeat(8)}`)));
    response.end(invokeComplete({ ErrorCode: "Unhandled", ErrorDetails, LogResult: tail }));
  });
  const stack = await startInvokeStack(
    {
      answer: { function: "answer:live", target: { logTail: true } },
      stream: { function: "stream:live", target: { mode: "ResponseStream", logTail: true } },
    },
    { endpoint: lambda.origin },
  );
  const failed = await stack.fetch("/answer/x");
  await failed.text();
  expect(stack.lineOf(failed)).toMatchObject({
    ...{ reason: "function_failed", cause: `TypeError: ${told}`, logTail: told },
  });
  const broken = await stack.fetch("/stream/x");
  await expect(broken.text()).rejects.toThrow("terminated");
  expect(stack.lineOf(broken)).toMatchObject({ functionError: `TypeError: ${told}`, logTail: told });
  await expect(stack.close()).resolves.toBeUndefined();
  await lambda.close();
});
