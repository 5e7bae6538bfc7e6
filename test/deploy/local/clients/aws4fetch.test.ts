// aws4fetch, the signer of browsers and Workers, against a function URL.
import { AwsClient } from "aws4fetch";
import { type ClientTwin, type Keys, region, startClientTwin } from "./client-twin.js";

let twin: ClientTwin;
beforeAll(async () => {
  twin = await startClientTwin();
}, 30_000);
afterAll(() => twin.close());

const signer = (keys: Keys = twin.caller, more = {}): AwsClient =>
  new AwsClient({ ...keys, service: "lambda", region, retries: 0, ...more });
const call = (path: string, init: RequestInit = {}, client = signer()): Promise<Response> =>
  client.fetch(new URL(path, twin.url("tell")).href, init);

test.each<[path: string, rawPath: string, rawQueryString: string]>([
  ["/", "/", ""],
  ["/reports/2026", "/reports/2026", ""],
  ["/with%20space/%C3%A9%2Fslash", "/with%20space/%C3%A9%2Fslash", ""],
  ["/(a)!'*~_.-", "/(a)!'*~_.-", ""],
  ["/search?q=two%20words&q=again&b=%2F%2B%26", "/search", "q=two%20words&q=again&b=%2F%2B%26"],
  ["/search?z=1&a=2&empty=", "/search", "z=1&a=2&empty="],
])("GET %s arrives as it was signed", async (path, rawPath, rawQueryString) => {
  const answer = await call(path);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ method: "GET", rawPath, rawQueryString, userArn: twin.callerArn }),
  ]);
});

test.each(["POST", "PUT", "PATCH", "DELETE"])("%s brings its body", async (method) => {
  const answer = await call("/reports", { method, body: "naïve \u{1F600}" });
  expect(await answer.json()).toMatchObject({ method, body: "naïve \u{1F600}" });
});

test("a streamed answer arrives whole", async () => {
  const answer = await signer().fetch(twin.url("flow"));
  expect(await answer.text()).toBe("one two three");
});

test("a space that is sent as a plus is refused, since signers read it in two ways", async () => {
  expect((await call("/search?q=two+words")).status).toBe(403);
});

test.each<[title: string, keys: (twin: ClientTwin) => Keys, more: object, errorType: string]>([
  ["another secret", ({ caller }) => ({ ...caller, secretAccessKey: "x" }), {}, "InvalidSignatureException"],
  ["no token", ({ caller }) => ({ ...caller, sessionToken: "" }), {}, "UnrecognizedClientException"],
  ["another region", ({ caller }) => caller, { region: "us-east-1" }, "InvalidSignatureException"],
  ["another service", ({ caller }) => caller, { service: "execute-api" }, "InvalidSignatureException"],
  ["a session without permission", ({ task }) => task, {}, "AccessDeniedException"],
])("with %s the URL answers 403", async (_title, keys, more, errorType) => {
  const answer = await call("/", {}, signer(keys(twin), more));
  expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([403, errorType]);
});
