// What API Gateway itself refuses, and what is the app's to refuse; and how far a session for a stage goes.
import { AwsClient } from "aws4fetch";
import { startAlike, type Alike } from "./targets-alike/start-alike.js";

let alike: Alike;
beforeAll(async () => {
  alike = await startAlike();
});
afterAll(() => alike.close());

const lastCause = () => alike.logLines().findLast(({ reason }) => reason === "upstream_refused")?.cause;

test.each([
  [
    "a role without permission",
    "/closed",
    /^403 AccessDeniedException: .*User: .*alike-stranger.* is not authorized to perform: execute-api:Invoke/,
  ],
  [
    "a path that the API does not have",
    "/",
    /^403 MissingAuthenticationTokenException: .*Missing Authentication Token/,
  ],
  ["a stage that the API does not have", "/typo", /^403 ForbiddenException: .*Forbidden/],
])("%s is the gateway's 502, with API Gateway's words in the log alone", async (_, path, cause) => {
  const answer = await alike.fetch(path);
  expect(answer.status).toBe(502);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("x-amzn-errortype")).toBeNull();
  const body = await answer.text();
  expect(JSON.parse(body)).toMatchObject({ type: "urn:grantway:problem:upstream_refused" });
  expect(body).not.toMatch(/arn:|Exception|Token/);
  expect(lastCause()).toMatch(cause);
});

test("the app's own 403 passes, though it says what API Gateway would", async () => {
  const answer = await alike.fetch("/stage/refused");
  expect([answer.status, await answer.text()]).toEqual([403, '{"message":"Forbidden"}']);
});

describe("credentials granted for a stage", () => {
  interface Granted {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    readonly Region: string;
    readonly Service: string;
    readonly FuncUrl: string;
  }
  let granted: Granted;
  beforeAll(async () => {
    granted = (await (await alike.fetch("/grant/stage")).json()) as Granted;
  });

  const call = (url: string, service = granted.Service, init: RequestInit = {}) =>
    new AwsClient({
      accessKeyId: granted.AccessKeyId,
      secretAccessKey: granted.SecretAccessKey,
      sessionToken: granted.SessionToken,
      ...{ service, region: granted.Region, retries: 0 },
    }).fetch(url, init);

  test("call it directly, as the grant says how to sign", async () => {
    expect(granted.Service).toBe("execute-api");
    for (const method of ["GET", "POST", "DELETE"]) {
      expect((await call(`${granted.FuncUrl}stage/body`, undefined, { method })).status).not.toBe(403);
    }
    const answer = await call(`${granted.FuncUrl}stage/text`);
    expect([answer.status, await answer.text()]).toEqual([200, "naïve – 花子 🎈"]);
  });

  test("call no other path of it, and not the function behind it", async () => {
    const beside = await call(`${granted.FuncUrl}other/text`);
    expect([beside.status, beside.headers.get("x-amzn-errortype")]).toEqual([403, "AccessDeniedException"]);
    expect(await beside.text()).toContain("session policy");
    const url = await call(`${alike.aws.functionUrls.get("alike") ?? ""}stage/text`, "lambda");
    expect(url.status).toBe(403);
    const invoke = `${alike.aws.endpoint}/2015-03-31/functions/alike:live/invocations`;
    expect((await call(invoke, "lambda", { method: "POST", body: "{}" })).status).toBe(403);
  });
});
