import { relayedHeaders } from "../../server/core/relayed-headers.js";

const relay = (headers: readonly string[], ownsCors = false) => relayedHeaders(headers, { ownsCors });

describe("relayedHeaders", () => {
  test("passes the function's fields as they came: case, order, repeats and bytes", () => {
    const headers = [
      "Set-Cookie",
      "a=1",
      "X-Name",
      "caf\u00e9",
      "set-cookie",
      "b=2",
      "Content-Length",
      "3",
      "ETag",
      "x",
    ];
    expect(relay(headers)).toEqual(headers);
  });

  test.each([
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "Trailer",
    "Upgrade",
    "Proxy-Authenticate",
    "X-Request-Id",
  ])("drops %s", (name) => {
    expect(relay([name, "x", "ETag", "y"])).toEqual(["ETag", "y"]);
  });

  test("drops what the function's Connection names", () => {
    expect(relay(["Connection", "X-Hop", "X-Hop", "1", "X-End", "2"])).toEqual(["X-End", "2"]);
  });

  test("drops the function's CORS fields only where the gateway answers for CORS", () => {
    const headers = [
      "Access-Control-Allow-Origin",
      "*",
      "access-control-expose-headers",
      "x",
      "Vary",
      "Origin",
    ];
    expect(relay(headers)).toEqual(headers);
    expect(relay(headers, true)).toEqual(["Vary", "Origin"]);
  });
});
