// What a function URL with `Cors` tells a browser, and that a browser is told of no more than is configured.
import { answerHeaders, isPreflight, preflightHeaders } from "../../../../deploy/local/aws/lambda/cors.js";
import type { SignedRequest, UrlCors } from "../../../../deploy/local/aws/model.js";

const cors = (changes: Partial<UrlCors> = {}): UrlCors => ({
  allowCredentials: false,
  allowHeaders: ["Content-Type", "X-Amz-Date"],
  allowMethods: ["GET", "PUT"],
  allowOrigins: ["https://app.example.com", "http://localhost:3000"],
  exposeHeaders: ["x-mine"],
  maxAgeSeconds: 600,
  ...changes,
});

const request = (method: string, ...rawHeaders: string[]): SignedRequest => ({
  method,
  target: "/",
  rawHeaders,
  body: Buffer.alloc(0),
});

const ORIGIN = ["Origin", "https://app.example.com"];
const preflight = (method = "PUT", ...more: string[]) =>
  request("OPTIONS", ...ORIGIN, "Access-Control-Request-Method", method, ...more);

const NOTHING = [["vary", "Origin"]];

describe("a preflight", () => {
  test("is OPTIONS with an origin and the method that is to come, and nothing less", () => {
    expect(isPreflight(preflight())).toBe(true);
    expect(isPreflight(request("OPTIONS", ...ORIGIN))).toBe(false);
    expect(isPreflight(request("OPTIONS", "Access-Control-Request-Method", "PUT"))).toBe(false);
    expect(isPreflight({ ...preflight(), method: "GET" })).toBe(false);
  });

  test("is told everything as configured", () => {
    expect(
      preflightHeaders(cors(), preflight("PUT", "access-control-request-headers", "content-type,x-amz-date")),
    ).toEqual([
      ["access-control-allow-origin", "https://app.example.com"],
      ["access-control-allow-methods", "GET,PUT"],
      ["access-control-allow-headers", "Content-Type,X-Amz-Date"],
      ["access-control-expose-headers", "x-mine"],
      ["access-control-max-age", "600"],
      ["vary", "Origin"],
    ]);
  });

  test("is told of credentials only where they are allowed", () => {
    const headers = preflightHeaders(cors({ allowCredentials: true }), preflight());
    expect(headers).toContainEqual(["access-control-allow-credentials", "true"]);
  });

  test("without headers to ask for gets no empty field", () => {
    const headers = preflightHeaders(cors({ allowHeaders: [], exposeHeaders: [] }), preflight());
    expect(headers.map(([name]) => name)).toEqual([
      "access-control-allow-origin",
      "access-control-allow-methods",
      "access-control-max-age",
      "vary",
    ]);
  });

  test.each([
    [
      "another origin",
      request("OPTIONS", "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT"),
    ],
    [
      "the origin in other letters",
      request("OPTIONS", "Origin", "https://APP.example.com", "Access-Control-Request-Method", "PUT"),
    ],
    [
      "a longer origin",
      request(
        "OPTIONS",
        "Origin",
        "https://app.example.com.evil.example",
        "Access-Control-Request-Method",
        "PUT",
      ),
    ],
    ["two origins", { ...preflight(), rawHeaders: [...ORIGIN, ...preflight().rawHeaders] }],
    ["a method that is not allowed", preflight("DELETE")],
    ["a method in other letters", preflight("put")],
    [
      "a header that is not allowed",
      preflight("PUT", "access-control-request-headers", "content-type, authorization"),
    ],
  ])("for %s is told nothing that a browser could go on with", (_what, asked) => {
    expect(preflightHeaders(cors(), asked)).toEqual(NOTHING);
  });

  test("under * is told *, with credentials too, which a browser then refuses", () => {
    const everything = cors({
      allowOrigins: ["*"],
      allowMethods: ["*"],
      allowHeaders: ["*"],
      allowCredentials: true,
    });
    const asked = preflight("DELETE", "access-control-request-headers", "authorization");
    expect(preflightHeaders(everything, asked)).toEqual(
      expect.arrayContaining([
        ["access-control-allow-origin", "*"],
        ["access-control-allow-methods", "*"],
        ["access-control-allow-headers", "*"],
      ]),
    );
  });
});

describe("beside the function's own answer", () => {
  test("stand the origin and what a page may read", () => {
    expect(answerHeaders(cors({ allowCredentials: true }), request("GET", ...ORIGIN))).toEqual([
      ["access-control-allow-origin", "https://app.example.com"],
      ["access-control-allow-credentials", "true"],
      ["access-control-expose-headers", "x-mine"],
      ["vary", "Origin"],
    ]);
  });

  test.each([
    ["a call without an origin", request("GET")],
    ["another origin", request("GET", "origin", "https://evil.example")],
    ["a method that is not allowed", request("POST", ...ORIGIN)],
  ])("stands nothing for %s", (_what, asked) => {
    expect(answerHeaders(cors(), asked)).toEqual(NOTHING);
  });
});
