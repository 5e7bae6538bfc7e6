// What the demo's port answers, and to whom.
import { answerDemo, contentSecurityPolicy } from "../../../../deploy/local/demo/answer-demo.js";
import type { DemoSettings } from "../../../../deploy/local/demo/demo-page.js";

const accessKeyId = "ASIAABCDEFGHIJKLMNOP";
const session = {
  accessKeyId,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/r/s",
  tags: { tenant: "acme" },
  transitiveTagKeys: [],
  issuedAt: "2026-11-22T00:00:00.000Z",
  expiration: "2026-11-22T01:00:00.000Z",
};
const settings: DemoSettings = {
  issuer: "http://127.0.0.1:4000",
  gateway: "http://127.0.0.1:8080",
  functionUrls: {
    hello: "http://127.0.0.1:4567/",
    long: "http://127.0.0.1:4568/",
    echo: "http://127.0.0.1:4569/",
  },
  recordedSession: (id) => (id === accessKeyId ? session : undefined),
};
const files = new Map([["/demo/", { type: "text/html; charset=utf-8", body: "<p>" }]]);
const host = "127.0.0.1:3000";
const get = (target: string, request: object = {}) =>
  answerDemo({ method: "GET", target, host, ...request }, 3000, { settings, files });

test("the page comes under a policy that names what it may reach, and nothing else", () => {
  const answer = get("/demo/?code=a&state=b");
  expect(answer).toMatchObject({ status: 200, body: "<p>" });
  expect(answer.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": contentSecurityPolicy(settings),
  });
  expect(contentSecurityPolicy(settings).split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    "connect-src 'self' http://127.0.0.1:4000 http://127.0.0.1:8080 " +
      "http://127.0.0.1:4567 http://127.0.0.1:4568 http://127.0.0.1:4569",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
});

test("the settings are where things are, and the client id", () => {
  expect(JSON.parse(get("/demo/settings.json").body)).toEqual({
    issuer: settings.issuer,
    gateway: settings.gateway,
    clientId: "grantway-demo",
    functionUrls: settings.functionUrls,
  });
});

test("a session is told by its access key id, without its secrets", () => {
  expect(JSON.parse(get(`/demo/sessions/${accessKeyId}`).body)).toEqual(session);
});

test.each([
  "/",
  "/demo",
  "/demo/index.html",
  "/demo/main.ts",
  "/demo/../package.json",
  "/demo/%2e%2e/package.json",
  "//demo/",
  "http://127.0.0.1:3000/demo/",
  "/demo/sessions/",
  "/demo/sessions/ASIAZZZZZZZZZZZZZZZZ",
  `/demo/sessions/${accessKeyId}/`,
  "/demo/sessions/__proto__",
])("nothing is at %s", (target) => {
  const answer = get(target);
  expect(answer.status).toBe(404);
  expect(answer.body).toContain("http://127.0.0.1:3000/demo/");
  expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])("%s is refused", (method) => {
  expect(get("/demo/", { method })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
});

test.each(["localhost:3000", "evil.example:3000", "127.0.0.1", "127.0.0.1:3001", undefined])(
  "under the name %s it is not there, but says where it is",
  (name) => {
    const answer = get("/demo/", { host: name });
    expect(answer.status).toBe(421);
    expect(answer.body).toBe("The page is at http://127.0.0.1:3000/demo/\n");
  },
);

test("before the gateway is there, the port asks to come again", () => {
  const answer = answerDemo({ method: "GET", target: "/demo/", host }, 3000, undefined);
  expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
});
