// Lambda authorizers as teams have them behind API Gateway, of the shapes that AWS's documentation shows, deciding routes
// end to end: functions called through the local AWS's Invoke API, and modules in threads.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startAws, type Aws } from "../../deploy/local/aws/aws.js";
import { createLog } from "../../server/adapters/log.js";
import { loadConfiguration } from "../../server/config/load.js";
import { startGateway, type RunningGateway } from "../../server/main.js";
import { assertNoSecretsIn } from "../fixtures/log-lines.js";
import { accepted } from "../fixtures/outcome.js";
import { rawRequest, requestText } from "../fixtures/raw-http.js";

const folder = resolve("test/deploy/local/strangers/authorizers");
const arn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;

let aws: Aws;
let gateway: RunningGateway;
let url: string;
const logText: string[] = [];
const savedEnvironment = { ...process.env };

beforeAll(async () => {
  aws = await startAws({
    templateFile: `${folder}/template.yaml`,
    port: 0,
    taskRole: "partner-gateway",
    clock: Date.now,
    log: () => undefined,
  });
  Object.assign(process.env, aws.taskEnvironment);
  gateway = await startGateway(settings(), createLog({ write: (line) => void logText.push(line) }));
  url = `http://127.0.0.1:${gateway.port}`;
});
afterAll(async () => {
  await gateway.stop();
  await aws.close();
  process.env = savedEnvironment;
  assertNoSecretsIn(logText);
});

const route = (name: string, more: object = {}) => ({
  route: `ANY /${name}/{proxy+}`,
  name,
  authorizer: name,
  target: {
    functionUrl: aws.functionUrls.get("backend"),
    functionArn: arn("backend"),
    region: "eu-west-1",
  },
  headers: { "x-caller": "claims.sub" },
  ...more,
});

function settings() {
  const lambda = (name: string) => ({ lambda: arn(name), endpoint: aws.endpoint });
  const document = {
    issuers: [],
    authorizers: [
      { name: "token", type: "token", timeout: "5s", ...lambda("token-authorizer") },
      { name: "simple", simpleResponses: true, ...lambda("simple-authorizer") },
      { name: "forbidden", simpleResponses: true, ...lambda("forbidden-authorizer") },
      {
        name: "request",
        module: "module/request.cjs",
        identitySources: ["method.request.header.HeaderAuth1", "method.request.querystring.QueryString1"],
        stageVariables: { StageVar1: "stageValue1" },
      },
      {
        name: "wild",
        module: "module/wild.mjs",
        simpleResponses: true,
        identitySources: ["$request.header.X-Api-Key"],
        timeout: "1s",
      },
    ],
    roles: [
      { name: "gold", when: 'claims.tier == "gold"', roleArn, tags: { tier: "claims.tier" } },
      { name: "any", when: "!has(claims.tier)", roleArn },
    ],
    routes: ["token", "simple", "forbidden", "request", "wild"].map((name) => route(name)),
    sts: { region: "eu-west-1", endpoint: aws.endpoint },
    listen: { host: "127.0.0.1", port: 0, adminPort: 0, drain: "1s", drainMayCut: true },
  };
  return accepted(
    loadConfiguration({
      file: `${folder}/gateway.yaml`,
      env: {},
      readFile: (path) =>
        path.endsWith("gateway.yaml") ? JSON.stringify(document) : readFileSync(path, "utf8"),
    }),
  );
}
const roleArn = "arn:aws:iam::123456789012:role/partner-caller";

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly Code?: string;
}

async function call(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const response = await fetch(`${url}${path}`, { method, headers });
  const body = (await response.json()) as Omit<Answer, "status" | "challenge">;
  return { ...body, status: response.status, challenge: response.headers.get("www-authenticate") };
}

const problem = (code: string) => `urn:grantway:problem:${code}`;
const lastLine = () => JSON.parse(logText.findLast((line) => line.includes('"requestId"')) ?? "{}") as object;

describe("a REST API's TOKEN authorizer, a function called through the Invoke API", () => {
  test("its allow lets the call through, as the principal that it names", async () => {
    const answer = await call("/token/a", { authorization: "allow" });
    expect(answer).toMatchObject({ status: 200, headers: { "x-caller": "user" } });
    expect(answer.headers).not.toHaveProperty("authorization.jwt");
    expect(JSON.stringify(answer.headers)).not.toContain('"allow"');
    expect(lastLine()).toMatchObject({ issuer: "token", subject: "user", roleSessionName: "token.user" });
  });

  test.each([
    ["deny", 403, "authorizer_denied", null],
    ["unauthorized", 401, "authorizer_unauthorized", 'Bearer realm="grantway"'],
    ["nonsense", 500, "authorizer_failed", null],
    ["secret-of-alice", 500, "authorizer_failed", null],
    ["hang", 500, "authorizer_failed", null],
  ])("%s becomes %i", async (token, status, code, challenge) => {
    expect(await call("/token/a", { authorization: token })).toMatchObject({
      status,
      type: problem(code),
      challenge,
    });
  });

  test("an error message that quotes the token is in the log without it", async () => {
    await call("/token/b", { authorization: "secret-of-bob" });
    expect(lastLine()).toMatchObject({
      reason: "authorizer_failed",
      cause: 'authorizer token: it failed with Error: "Invalid token ..."',
    });
    expect(logText.join("")).not.toMatch(/secret-of-(alice|bob)/);
  });

  test("a request without the header is 401 and no function runs", async () => {
    const before = logText.length;
    expect(await call("/token/a")).toMatchObject({
      status: 401,
      type: problem("identity_missing"),
      challenge: 'Bearer realm="grantway"',
    });
    expect(logText.slice(before).join("")).not.toContain("printed");
  });

  test("its allow of one path is no allow of another, though the decision is kept", async () => {
    expect((await call("/token/first", { authorization: "allow" })).status).toBe(403);
    expect((await call("/token/a", { authorization: "allow" })).status).toBe(200);
  });
});

test("a grant is given to whom the authorizer allowed this very grant", async () => {
  const granted = await call("/grant/token", { authorization: "allow" }, "POST");
  expect(granted).toMatchObject({ status: 200, RoleArn: roleArn });
  expect(await call("/grant/token", { authorization: "deny" }, "POST")).toMatchObject({
    status: 403,
    Code: "authorizer_denied",
  });
});

describe("an HTTP API's authorizer with simple responses", () => {
  test("allows, and its context chooses the role and fills the tags", async () => {
    expect(await call("/simple/a", { authorization: "secretToken" })).toMatchObject({ status: 200 });
    expect(lastLine()).toMatchObject({ rule: "gold", issuer: "simple" });
  });

  test("denies", async () => {
    expect(await call("/simple/a", { authorization: "other" })).toMatchObject({ status: 403 });
  });

  test("who is not named is known by a digest that shows nothing of his token", async () => {
    const { headers } = await call("/simple/a", { authorization: "secretToken" });
    expect(headers?.["x-caller"]).toMatch(/^[\w-]{43}$/);
  });

  test("without lambda:InvokeFunction on the gateway's role, 500 with the reason in the log", async () => {
    expect((await call("/forbidden/a", { authorization: "secretToken" })).status).toBe(500);
    expect(lastLine()).toMatchObject({ reason: "authorizer_failed" });
    expect(JSON.stringify(lastLine())).toContain("not authorized to perform: lambda:InvokeFunction");
  });
});

describe("a REST API's REQUEST authorizer, a CommonJS module with a callback", () => {
  test("allows by header and query", async () => {
    // Encoded in a way that nobody needs: sources and events are of the decoded value.
    const answer = await call("/request/a?QueryString1=query%56alue1", { HeaderAuth1: "headerValue1" });
    expect(answer).toMatchObject({ status: 200, headers: { "x-caller": "me" } });
  });

  test("says Unauthorized by its callback", async () => {
    const answer = await call("/request/a?QueryString1=other", { HeaderAuth1: "headerValue1" });
    expect(answer).toMatchObject({ status: 401, challenge: 'Custom realm="grantway"' });
  });

  test("lacks a source: 401 without a call", async () => {
    expect(await call("/request/a", { HeaderAuth1: "headerValue1" })).toMatchObject({
      type: problem("identity_missing"),
    });
  });

  test("the event that it prints is in the gateway's log, without its secrets", async () => {
    const headers = { HeaderAuth1: "headerValue1", Authorization: "Bearer c2VjcmV0", Cookie: "id=5f2d9c11" };
    expect((await call("/request/printed?QueryString1=queryValue2", headers)).status).toBe(401);
    const log = () => logText.join("");
    while (!log().includes("$default/GET/request/printed")) await new Promise((next) => setImmediate(next));
    for (const secret of ["headerValue1", "queryValue2", "c2VjcmV0", "5f2d9c11"])
      expect(log()).not.toContain(secret);
  });
});

test("a session of a caller whom an authorizer knows has one audit line, under the authorizer's name", async () => {
  for (let calls = 0; calls < 2; calls += 1)
    expect(await call("/token/a", { authorization: "allow" })).toMatchObject({ status: 200 });
  const issued = logText.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(issued.filter(({ message, issuer }) => message === "session issued" && issuer === "token")).toEqual([
    expect.objectContaining({
      ...{ subject: "user", roleSessionName: "token.user", door: "proxy", routes: ["token"] },
      assumeRoleRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    }),
  ]);
});

describe("a module that misbehaves", () => {
  test.each(["throw", "hang", "loop", "reject", "exit", "nonsense", "huge"])(
    "%s is 500 for its caller, and the next caller gets his answer",
    async (key) => {
      const [bad, meanwhile] = await Promise.all([
        call("/wild/a", { "x-api-key": key }),
        call("/wild/a", { "x-api-key": `good-beside-${key}` }),
      ]);
      expect(bad).toMatchObject({ status: 500, type: problem("authorizer_failed") });
      expect(meanwhile.status).toBe(200);
      const next = await call("/wild/a", { "x-api-key": `good-after-${key}` });
      expect(next).toMatchObject({ status: 200, headers: { "x-caller": `good-after-${key}` } });
    },
  );

  test("a context named __proto__ gives nobody a claim", async () => {
    expect((await call("/wild/a", { "x-api-key": "proto" })).status).toBe(200);
    expect(lastLine()).toMatchObject({ rule: "any" });
  });
});

describe("attacks", () => {
  test("two lines of an identity header are 400", async () => {
    const lines = ["Host: gateway", "X-Api-Key: good", "x-api-key: good-other", "Connection: close"];
    const { status, body } = await rawRequest(url, requestText("GET /wild/a HTTP/1.1", ...lines));
    expect(status).toBe(400);
    expect(body).toContain("identity_malformed");
  });

  test("one value with a comma is not two callers' values", async () => {
    expect(await call("/wild/a", { "x-api-key": "good,good" })).toMatchObject({
      headers: { "x-caller": "good,good" },
    });
  });

  test("the caller's own x-caller never reaches the function", async () => {
    const answer = await call("/wild/a", { "x-api-key": "good-eve", "x-caller": "good-alice" });
    expect(answer.headers?.["x-caller"]).toBe("good-eve");
  });

  test("no token of an issuer opens a route of an authorizer", async () => {
    expect((await call("/wild/a", { authorization: "Bearer x.y.z" })).status).toBe(401);
  });
});

test("the metrics count what each authorizer said", async () => {
  const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text();
  expect(text).toMatch(/grantway_authorizer_total\{authorizer="token",outcome="allow"\} [1-9]/);
  expect(text).toMatch(/grantway_authorizer_total\{authorizer="wild",outcome="authorizer_failed"\} 7/);
});
