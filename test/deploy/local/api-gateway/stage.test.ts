// A whole twin with two APIs on real sockets, called by aws4fetch, AWS's own signer and curl.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsClient } from "aws4fetch";
import fc from "fast-check";
import { NodeSha256 } from "../../../../deploy/local/aws/sigv4/node-sha256.js";
import {
  type ClientTwin,
  type Keys,
  region,
  roleArn,
  run,
  startClientTwin,
  testWith,
} from "../clients/client-twin.js";

let twin: ClientTwin;
let narrow: Keys;
beforeAll(async () => {
  twin = await startClientTwin(join(__dirname, "stack/template.yaml"));
  narrow = await assume("narrow");
}, 30_000);
afterAll(() => twin.close());

async function assume(name: string, policy?: object): Promise<Keys> {
  const sts = new STSClient({ region, endpoint: twin.aws.endpoint, credentials: twin.task });
  const Policy = policy === undefined ? undefined : JSON.stringify(policy);
  const command = new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: "alice", Policy });
  const { Credentials } = await sts.send(command);
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const urlOf = (logicalId: string, stage: string): string =>
  twin.aws.apiStages.find((each) => each.logicalId === logicalId && each.stage === stage)?.url ?? "";
const prod = (path: string): string => `${urlOf("Api", "prod")}${path}`;
const arnOf = (path: string): string =>
  `${twin.aws.apiStages.find(({ stage }) => stage === "prod")?.arn ?? ""}${path}`;

const call = (url: string, init: RequestInit = {}, keys: Keys = twin.caller, more = {}): Promise<Response> =>
  new AwsClient({ ...keys, service: "execute-api", region, retries: 0, ...more }).fetch(url, init);

interface Shown {
  readonly event: Readonly<Record<string, unknown>>;
  readonly invokedFunctionArn: string;
  readonly ownApi: string;
}
const shown = async (answer: Response): Promise<Shown> => (await answer.json()) as Shown;

test("a mock answers as its template says, with API Gateway's ids and no trace of a function", async () => {
  const answer = await call(prod("/greeting"));
  expect([answer.status, await answer.text()]).toEqual([200, '{"message": "hi"}']);
  expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers.get("x-amz-apigw-id")).toBeTruthy();
  expect(answer.headers.get("x-amzn-errortype")).toBeNull();
});

test("a proxy integration calls the alias with the event of the request, and gives its answer back", async () => {
  const answer = await call(prod("/show/a%20b/%2F?x=1&x=2"), { method: "POST", body: "naïve" });
  const { event, invokedFunctionArn } = await shown(answer);
  expect(invokedFunctionArn).toBe("arn:aws:lambda:eu-west-1:123456789012:function:show:live");
  expect(event).toMatchObject({
    ...{ resource: "/show/{proxy+}", path: "/show/a%20b/%2F", httpMethod: "POST", body: "naïve" },
    pathParameters: { proxy: "a%20b/%2F" },
    multiValueQueryStringParameters: { x: ["1", "2"] },
    requestContext: { stage: "prod", identity: { userArn: twin.callerArn } },
  });
  expect([answer.headers.get("x-own"), answer.headers.get("x-amzn-remapped-date")]).toEqual(["yes", "then"]);
});

test("no event has the signature or the session's token", async () => {
  const { event } = await shown(await call(prod("/show/x")));
  expect(JSON.stringify(event)).not.toContain(twin.caller.sessionToken);
  expect(JSON.stringify(event)).not.toMatch(/AWS4-HMAC|x-amz-security-token/i);
});

test("any path, query and body arrive as they were sent", async () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const segment = text.filter((one) => !/^\.{1,2}$/.test(one)).map(encodeURIComponent);
  const pairs = fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 4 });
  const given = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), pairs, fc.string());
  await fc.assert(
    fc.asyncProperty(given, async ([segments, query, body]) => {
      const kept = query.filter(([name]) => !["answer", "fail", "__proto__"].includes(name));
      const search = kept.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
      const path = `/show/${segments.join("/")}`;
      const answer = await call(prod(`${path}${search && "?"}${search}`), { method: "POST", body });
      expect((await shown(answer)).event).toMatchObject({
        ...{ path, pathParameters: { proxy: segments.join("/") }, body: body === "" ? null : body },
        queryStringParameters: kept.length === 0 ? null : Object.fromEntries(kept),
      });
    }),
    { numRuns: 60 },
  );
});

test("AWS's own signer is understood", async () => {
  const url = new URL(prod("/show/x"));
  const signer = new SignatureV4({
    credentials: twin.caller,
    region,
    service: "execute-api",
    sha256: NodeSha256,
  });
  const { headers } = await signer.sign({
    ...{
      method: "PUT",
      protocol: "http:",
      hostname: url.hostname,
      path: url.pathname,
      query: { b: "2", a: "1" },
    },
    ...{ headers: { host: url.host, "content-type": "text/plain" }, body: "hello" },
  });
  const sent = Object.entries(headers).filter(([name]) => name !== "host");
  const answer = await fetch(`${url.href}?a=1&b=2`, { method: "PUT", headers: sent, body: "hello" });
  expect((await shown(answer)).event).toMatchObject({ httpMethod: "PUT", body: "hello" });
});

testWith(
  "curl",
  "--aws-sigv4",
  "aws:amz:eu-west-1:execute-api",
  "--version",
)("curl is understood", async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = twin.caller;
  const signing = [
    "--aws-sigv4",
    `aws:amz:${region}:execute-api`,
    "--user",
    `${accessKeyId}:${secretAccessKey}`,
  ];
  const token = ["--header", `x-amz-security-token: ${sessionToken}`];
  const { out } = await run("curl", ["--silent", ...signing, ...token, prod("/greeting")]);
  expect(JSON.parse(out)).toEqual({ message: "hi" });
});

test("a method without authorization is open, and a stage has its own variables and name", async () => {
  const answers = await Promise.all(["v1", "beta"].map((stage) => fetch(`${urlOf("Plain", stage)}/open`)));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['"open"', '"open"']);
  const root = await call(urlOf("Plain", "v1"));
  expect([root.status, await root.text()]).toEqual([202, "root"]);
});

test("an open method calls its function for nobody", async () => {
  const answer = await fetch(prod("/open"), { method: "POST", body: "x" });
  const { event } = await shown(answer);
  expect(event).toMatchObject({ body: "x", requestContext: { identity: { userArn: null } } });
});

test("a function is told where an API of its template is here", async () => {
  expect((await shown(await call(prod("/show/x")))).ownApi).toBe(`${urlOf("Plain", "v1")}/open`);
});

describe("refuses", () => {
  const refusalOf = async (answer: Response): Promise<string> =>
    `${answer.status} ${answer.headers.get("x-amzn-errortype") ?? ""} ${await answer.text()}`;
  const missing = '403 MissingAuthenticationTokenException {"message":"Missing Authentication Token"}';
  const internal = (status: number): string =>
    `${status} InternalServerErrorException {"message":"Internal server error"}`;

  test("no signature, an unknown path and an unknown method in one and the same way", async () => {
    const answers = [
      await fetch(prod("/greeting")),
      await fetch(prod("/nothing")),
      await call(prod("/nothing")),
      await call(prod("/greeting"), { method: "POST" }),
      await call(prod("/greeting/")),
    ];
    expect(await Promise.all(answers.map(refusalOf))).toEqual(answers.map(() => missing));
  });

  test("an unknown stage and the paths of the health check", async () => {
    const { origin } = new URL(prod("/"));
    for (const path of ["/", "/beta/greeting", "/ping", "/sping", "/Prod/greeting"])
      expect(await refusalOf(await call(`${origin}${path}`))).toBe(
        '403 ForbiddenException {"message":"Forbidden"}',
      );
  });

  test("a caller without permission, with a capital M and the account masked", async () => {
    const text = await refusalOf(await call(prod("/greeting"), {}, twin.task));
    expect(text).toMatch(
      /^403 AccessDeniedException \{"Message":"User: arn:aws:sts::123456789012:assumed-role\/task\/\S+ is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:\*{8}9012:\w+\/prod\/GET\/greeting"\}$/,
    );
  });

  test("what an explicit deny or a session policy takes away", async () => {
    expect(await refusalOf(await call(prod("/show/secret")))).toMatch(
      /with an explicit deny in an identity-based/,
    );
    const Statement = [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: arnOf("/GET/show/*") }];
    const keys = await assume("caller", { Version: "2012-10-17", Statement });
    expect((await call(prod("/show/x"), {}, keys)).status).toBe(200);
    expect(await refusalOf(await call(prod("/show/x"), { method: "PUT" }, keys))).toMatch(
      /because no session policy/,
    );
    expect((await call(prod("/greeting"), {}, keys)).status).toBe(403);
  });

  test("a function that API Gateway has no permission for, and says no more than 500", async () => {
    expect(await refusalOf(await call(prod("/forgotten")))).toBe(internal(500));
    expect(await refusalOf(await call(prod("/half")))).toBe(internal(500));
    // SAM's permission is there for the event that has one.
    expect((await call(prod("/as-gateway"), { method: "PATCH" })).status).toBe(200);
  });

  test("a function called as the caller, who may call the API and not the function", async () => {
    expect((await call(prod("/as-caller/7"))).status).toBe(200);
    expect(await refusalOf(await call(prod("/as-caller/7"), {}, narrow))).toBe(internal(500));
  });

  test("a function that fails or answers what is no answer, with 502", async () => {
    expect(await refusalOf(await call(prod("/show/x?fail=secret")))).toBe(internal(502));
    expect(await refusalOf(await call(prod("/show/x?answer=%7B%22statusCode%22%3A%22200%22%7D")))).toBe(
      internal(502),
    );
    expect((await call(prod("/show/x?answer=%7B%22statusCode%22%3A204%7D"))).status).toBe(204);
  });

  test("a function that takes longer than the integration's timeout, with 504", async () => {
    expect(await refusalOf(await call(prod("/slow")))).toBe(
      '504 InternalServerErrorException {"message":"Endpoint request timed out"}',
    );
  });

  test("a body of more than 10 MB, and a head of more than 10,240 bytes", async () => {
    const most = Buffer.alloc(10_485_760);
    const more = Buffer.alloc(10_485_761);
    const hash = (body: Buffer) => ({
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    });
    expect((await call(prod("/as-gateway"), { method: "PUT", body: most, headers: hash(most) })).status).toBe(
      500,
    );
    expect(
      await refusalOf(await call(prod("/as-gateway"), { method: "PUT", body: more, headers: hash(more) })),
    ).toBe('413 RequestEntityTooLargeException {"message":"HTTP content length exceeded 10485760 bytes."}');
    const withField = (length: number) =>
      call(prod("/greeting"), { headers: { "x-long": "a".repeat(length) } });
    expect([(await withField(5_000)).status, (await withField(10_000)).status]).toEqual([200, 431]);
  });

  test("a mock called with another type than JSON", async () => {
    const asked = (type: string) => call(prod("/greeting"), { headers: { "content-type": type } });
    expect((await asked("application/json; charset=utf-8")).status).toBe(200);
    expect(await refusalOf(await asked("text/plain"))).toBe(
      '415 UnsupportedMediaTypeException {"message":"Unsupported Media Type"}',
    );
  });
});
