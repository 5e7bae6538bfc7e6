// What API Gateway itself refuses, and what is the app's to refuse.
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
