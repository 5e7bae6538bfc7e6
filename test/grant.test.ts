import { grant } from "../server/grant.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith, sessionSpecWith } from "./fixtures/session.js";
import { nowSeconds } from "./fixtures/tokens.js";

const reply = (expiration: number, expiresAt: number) =>
  grant(
    routeWith("ANY /reports"),
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
});
