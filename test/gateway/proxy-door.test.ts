// The proxy door, end to end: the function is called with the caller's own session and sees who calls.
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

type Event = APIGatewayProxyEventV2WithIAMAuthorizer;

const echo = async (user: string, path: string, init?: RequestInit): Promise<Event> =>
  (await (await stack.fetchAs(user, path, init)).json()) as Event;

test("alice reaches the function, and its own answer comes back", async () => {
  const response = await stack.fetchAs("alice", "/hello");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ message: "hello world" });
  expect(response.headers.get("content-security-policy")).toBeNull();
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("the function sees the caller's session and the route's identity headers", async () => {
  const event = await echo("carol", "/echo/a/b");
  expect(event.requestContext.authorizer.iam.userArn).toBe(
    "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.carol",
  );
  expect(event.headers).toMatchObject({ "x-caller-sub": "carol", "x-caller-tenant": "globex" });
});

test("method, path, query and body arrive as they were sent", async () => {
  const event = await echo("alice", "/echo/a%20b/(c)!'*;=@:?q=1&q=2&f&e=%2F%20+%C3%A9&a[0]=x", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: '{"n":1}',
  });
  expect(event.requestContext.http.method).toBe("PUT");
  expect(event.rawPath).toBe("/echo/a%20b/(c)!'*;=@:");
  expect(event.rawQueryString).toBe("q=1&q=2&f=&e=%2F%20%20%C3%A9&a%5B0%5D=x");
  expect(event.body).toBe('{"n":1}');
});

test("what a client says of itself under our names is not believed", async () => {
  const event = await echo("alice", "/echo/x", {
    headers: {
      "x-caller-sub": "root",
      "x-caller-tenant": "globex",
      "x-amz-date": "20300101T000000Z",
      "x-amz-security-token": "mine",
      "x-forwarded-for": "6.6.6.6",
      forwarded: "for=6.6.6.6",
    },
  });
  expect(event.headers).toMatchObject({ "x-caller-sub": "alice", "x-caller-tenant": "acme" });
  expect(event.headers.forwarded).toMatch(/^for=127\.0\.0\.1;proto=http;host=/);
  expect(event.headers["x-forwarded-for"]).not.toContain("6.6.6.6");
  expect(event.headers).not.toHaveProperty("authorization");
});

test("a body of the limit passes to the signer, and one byte more is refused", async () => {
  const tooLarge = await stack.fetchAs("alice", "/echo/x", {
    method: "POST",
    body: Buffer.alloc(6_291_457, "a"),
  });
  expect(tooLarge.status).toBe(413);
  const large = await echo("alice", "/echo/x", {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "a".repeat(4_000_000),
  });
  expect(large.body).toHaveLength(4_000_000);
});

test("bob, who is in no group, gets 403, and the function is not called", async () => {
  const response = await stack.fetchAs("bob", "/hello");
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ type: "urn:grantway:problem:role_not_granted" });
});

test("no token gets 401 with a bare challenge", async () => {
  const response = await fetch(`${stack.url}/hello`);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe('Bearer realm="grantway"');
});

test("every call leaves one line that says who, by which rule, as whom", async () => {
  const response = await stack.fetchAs("alice", "/hello?secret=1");
  await response.text();
  const requestId = response.headers.get("x-request-id");
  const line = stack.logLines().find((each) => each.requestId === requestId);
  expect(line).toMatchObject({
    route: "hello",
    door: "proxy",
    status: 200,
    verdict: "complete",
    issuer: "local",
    subject: "alice",
    rule: "analyst",
    roleSessionName: "local.alice",
    sourceIdentity: "local.alice",
    path: "/hello",
  });
  expect(line?.assumeRoleRequestId).toMatch(/^[0-9a-f-]{36}$/);
});
