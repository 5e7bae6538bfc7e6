import { relayedHeaders } from "../../server/core/relayed-headers.js";

const cors = { origins: ["*"], credentials: false, maxAgeSeconds: 0 };

const relay = (headers: readonly string[], ownsCors = false) =>
  relayedHeaders(headers, { restoreRemappedHeaders: false, ...(ownsCors && { cors }) });

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
    "Upgrade",
    "Proxy-Authenticate",
    "X-Request-Id",
  ])("drops %s", (name) => {
    expect(relay([name, "x", "ETag", "y"])).toEqual(["ETag", "y"]);
  });

  test("passes Trailer, which is for whoever reads the body to its end", () => {
    expect(relay(["Trailer", "x-checksum"])).toEqual(["Trailer", "x-checksum"]);
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

describe("x-amzn-remapped-*", () => {
  const restore = (headers: readonly string[], ownsCors = false) =>
    relayedHeaders(headers, { restoreRemappedHeaders: true, ...(ownsCors && { cors }) });

  test("stays as AWS wrote it where the route does not ask for more", () => {
    expect(relay(["x-amzn-Remapped-WWW-Authenticate", "Basic"])).toEqual([
      "x-amzn-Remapped-WWW-Authenticate",
      "Basic",
    ]);
  });

  test.each(["x-amzn-Remapped-WWW-Authenticate", "X-AMZN-REMAPPED-WWW-Authenticate"])(
    "%s is the function's own name again, in its place",
    (field) => {
      const headers = ["ETag", "1", field, "Basic", "X-End", "2"];
      expect(restore(headers)).toEqual(["ETag", "1", "WWW-Authenticate", "Basic", "X-End", "2"]);
    },
  );

  test("keeps its repeats", () => {
    const headers = ["x-amzn-remapped-via", "1.1 a", "x-amzn-remapped-via", "1.1 b"];
    expect(restore(headers)).toEqual(["via", "1.1 a", "via", "1.1 b"]);
  });

  test.each(["before", "behind"])("does not double a field that stands %s it", (where) => {
    const own = ["Date", "today"];
    const renamed = ["x-amzn-remapped-date", "yesterday"];
    const headers = where === "before" ? [...own, ...renamed] : [...renamed, ...own];
    expect(restore(headers)).toEqual(headers);
  });

  test.each([
    "Content-Length",
    "Content-Encoding",
    "Content-Range",
    "Transfer-Encoding",
    "Connection",
    "Trailer",
    "Upgrade",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Set-Cookie",
    "X-Request-Id",
    "X-Amzn-ErrorType",
    "x-amzn-remapped-via",
    "X-Amz-Function-Error",
    "",
  ])("never gives %j back", (name) => {
    const headers = [`x-amzn-remapped-${name}`, "1"];
    expect(restore(headers)).toEqual(headers);
  });

  test("gives back nothing that Connection names", () => {
    const headers = ["Connection", "X-Hop", "x-amzn-remapped-x-hop", "1"];
    expect(restore(headers)).toEqual(["x-amzn-remapped-x-hop", "1"]);
  });

  test("gives the function's CORS fields back only where they are its own to send", () => {
    const headers = ["x-amzn-remapped-access-control-allow-origin", "*"];
    expect(restore(headers)).toEqual(["access-control-allow-origin", "*"]);
    expect(restore(headers, true)).toEqual(headers);
  });
});
