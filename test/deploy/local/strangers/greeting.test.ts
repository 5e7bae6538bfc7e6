// SAM's own function URL example, served as it stands.
import { startStrangerTwin, type StrangerTwin } from "./stranger-twin.js";

let twin: StrangerTwin;
beforeAll(async () => {
  twin = await startStrangerTwin("greeting");
}, 30_000);
afterAll(() => twin.close());

test("the TypeScript function greets a signed caller, with its cookie", async () => {
  const answer = await twin.signer.fetch(`${twin.url("HelloWorld")}?name=sam`);
  expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, "greeted=yes; Secure"]);
  expect(await answer.json()).toEqual({
    message: "hello sam",
    caller: expect.stringContaining(":assumed-role/") as string,
  });
});

test("an unsigned call of it is forbidden", async () => {
  const answer = await fetch(twin.url("HelloWorld"));
  expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([403, "AccessDeniedException"]);
});

test("its URL answers a preflight by the template's Cors, and the function is not asked", async () => {
  const answer = await fetch(twin.url("HelloWorld"), {
    method: "OPTIONS",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-max-age")).toBe("300");
  expect(answer.headers.get("set-cookie")).toBeNull();
});

test("the CommonJS function with AuthType NONE answers anybody", async () => {
  const answer = await fetch(new URL("/any/path", twin.url("Public")));
  expect(await answer.json()).toEqual({
    greeting: "welcome",
    path: "/any/path",
    functionName: expect.stringContaining("Public") as string,
  });
});

test("each function has the role that SAM makes for it", () => {
  expect(twin.aws.template.functions.map(({ executionRoleArn }) => executionRoleArn)).toEqual([
    expect.stringMatching(/^arn:aws:iam::123456789012:role\/.*HelloWorldFunctionRole/),
    expect.stringMatching(/^arn:aws:iam::123456789012:role\/.*PublicFunctionRole/),
  ]);
});
