import type { Route, Target } from "../server/core/model.js";
import { grant } from "../server/grant.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith, sessionSpecWith } from "./fixtures/session.js";
import { nowSeconds } from "./fixtures/tokens.js";

const reply = (expiration: number, expiresAt: number, overrides: Partial<Route> = {}) =>
  grant(
    routeWith("ANY /reports", overrides),
    principalWith({}, { expiresAt }),
    sessionSpecWith(),
    roleSessionWith({ expiration }),
  );

const bodyOf = (answer: ReturnType<typeof grant>) =>
  answer.kind === "own" ? (JSON.parse(answer.body) as Record<string, unknown>) : {};

describe("the credentials reply", () => {
  test("is one body for the container endpoint, credential_process and the browser", () => {
    const answer = reply(now + 3_600_000, nowSeconds + 7_200);
    expect(answer).toMatchObject({
      kind: "own",
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
    expect(bodyOf(answer)).toEqual({
      Version: 1,
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Token: credentials.sessionToken,
      Expiration: "2026-01-01T01:00:00Z",
      Region: "eu-west-1",
      Service: "lambda",
      FuncUrl: "https://abc.lambda-url.eu-west-1.on.aws/",
      RoleArn: "arn:aws:iam::123456789012:role/reports-invoker",
      AccountId: "123456789012",
    });
  });

  test.each([
    ["the session ends first", 600, 601, "2026-01-01T00:10:00Z"],
    ["the token ends first", 600, 599, "2026-01-01T00:09:59Z"],
    ["both end at once", 600, 600, "2026-01-01T00:10:00Z"],
    ["the token ends between two seconds", 600, 599.9, "2026-01-01T00:09:59Z"],
  ])("says the earlier end where %s", (_, sessionSeconds, tokenSeconds, expiration) => {
    const answer = reply(now + sessionSeconds * 1000, nowSeconds + tokenSeconds);
    expect(bodyOf(answer).Expiration).toBe(expiration);
  });

  const endpoint = { region: "eu-central-1" };
  const origin = "https://lambda.eu-central-1.amazonaws.com";
  const name = "arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Ajobs%3Alive";
  const invoke = {
    kind: "invoke",
    ...{ ...endpoint, service: "lambda", origin, host: "lambda.eu-central-1.amazonaws.com" },
    functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:jobs:live",
    ...{ raw: false, logTail: false },
  } as const;

  test.each<[string, Target, string, string]>([
    [
      "a stage",
      {
        kind: "executeApi",
        ...{ ...endpoint, service: "execute-api", basePath: "/prod" },
        ...{ origin: "https://abc123.example.com", host: "abc123.example.com" },
        stageArn: "arn:aws:execute-api:eu-central-1:*:abc123/prod",
      },
      "execute-api",
      "https://abc123.example.com/prod/",
    ],
    [
      "the Invoke API",
      { ...invoke, mode: "RequestResponse" },
      "lambda",
      `${origin}/2015-03-31/functions/${name}/invocations`,
    ],
    [
      "the streaming Invoke API",
      { ...invoke, mode: "ResponseStream" },
      "lambda",
      `${origin}/2021-11-15/functions/${name}/response-streaming-invocations`,
    ],
  ])("says for %s how and where to sign", (_, target, service, url) => {
    expect(bodyOf(reply(now + 3_600_000, nowSeconds + 7_200, { target }))).toMatchObject({
      Region: "eu-central-1",
      Service: service,
      FuncUrl: url,
    });
  });
});
