import { corsHeaders, preflightHeaders, type Cors } from "../../server/core/cors.js";

const cors: Cors = { origins: ["https://app.example.com"], credentials: true, maxAgeSeconds: 600 };
const anyOrigin: Cors = { origins: ["*"], credentials: false, maxAgeSeconds: 0 };
const origin = "https://app.example.com";

const strangers = [
  "https://evil.example",
  "http://app.example.com",
  "https://app.example.com:8443",
  "https://app.example.com.evil.example",
  "https://app.example.com/",
  "HTTPS://APP.EXAMPLE.COM",
  "null",
  "",
];

/** Names are gathered for pages that may read them, and for nobody else. */
const never = (): string => {
  throw new Error("nobody asked for the names");
};

describe("corsHeaders", () => {
  test("lets a trusted origin's page read the answer and the named fields", () => {
    expect(corsHeaders(cors, origin, () => "x-request-id, etag")).toEqual({
      vary: "Origin",
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "x-request-id, etag",
    });
  });

  test.each(strangers)("tells %j nothing, and still varies by origin", (stranger) => {
    expect(corsHeaders(cors, stranger, never)).toEqual({ vary: "Origin" });
  });

  test("varies by origin where there is none, since a cache may serve both", () => {
    expect(corsHeaders(cors, undefined, never)).toEqual({ vary: "Origin" });
  });

  test("says * for *, and never names the origin then", () => {
    expect(corsHeaders(anyOrigin, "https://any.example", () => "")).toEqual({
      vary: "Origin",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "",
    });
  });
});

describe("preflightHeaders", () => {
  const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

  test("allows the method and the headers that were asked for", () => {
    const requestHeaders = "authorization,content-type, x-custom";
    expect(preflightHeaders(cors, { origin, requestMethod: "PUT", requestHeaders })).toEqual({
      vary,
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": requestHeaders,
      "access-control-max-age": "600",
    });
  });

  test("names no headers where none were asked for", () => {
    const answer = preflightHeaders(cors, { origin, requestMethod: "GET" });
    expect(answer).not.toHaveProperty("access-control-allow-headers");
    expect(answer["access-control-allow-methods"]).toBe("GET");
  });

  test("allows no method that is no token", () => {
    expect(preflightHeaders(cors, { origin, requestMethod: "P U T" })).toEqual({ vary });
  });

  test.each(strangers)("refuses %j by saying nothing", (stranger) => {
    expect(preflightHeaders(cors, { origin: stranger, requestMethod: "PUT" })).toEqual({ vary });
  });

  test.each([
    ["an empty list", ""],
    ["a space within a name", "x a"],
    ["a colon", "x: y"],
    ["an empty element", "a,,b"],
    ["text above ASCII", "x-caf\u00e9"],
    ["4,097 characters", "x".repeat(4097)],
  ])("does not echo %s", (_, requestHeaders) => {
    const headers = preflightHeaders(cors, { origin, requestMethod: "GET", requestHeaders });
    expect(headers).not.toHaveProperty("access-control-allow-headers");
    expect(headers).toHaveProperty("access-control-allow-origin", origin);
  });

  test("echoes a list of 4,096 characters", () => {
    const requestHeaders = "x".repeat(4096);
    const headers = preflightHeaders(cors, { origin, requestMethod: "GET", requestHeaders });
    expect(headers).toHaveProperty("access-control-allow-headers", requestHeaders);
  });
});
