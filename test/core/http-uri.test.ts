import fc from "fast-check";
import { comparableUri, requestedUri } from "../../server/core/http-uri.js";

describe("comparableUri", () => {
  test.each([
    ["https://api.example.com/a", "HTTPS://API.Example.COM/a"],
    ["https://api.example.com/a", "https://api.example.com:443/a"],
    ["http://api.example.com/a", "http://api.example.com:80/a"],
    ["https://api.example.com", "https://api.example.com/"],
    ["https://api.example.com/a", "https://api.example.com/a?x=1"],
    ["https://api.example.com/a", "https://api.example.com/a#part"],
    ["https://api.example.com?x=1", "https://api.example.com/"],
    ["https://api.example.com/~a-b.c_d", "https://api.example.com/%7Ea%2Db%2ec%5fd"],
    ["https://api.example.com/%c3%a9", "https://api.example.com/%C3%A9"],
    ["https://api.example.com/a/../b", "https://api.example.com/b"],
    ["http://[::1]:8080/a", "http://[0:0:0:0:0:0:0:1]:8080/a"],
  ])("%s is %s", (one, other) => {
    expect(comparableUri(one)).toBeDefined();
    expect(comparableUri(one)).toBe(comparableUri(other));
  });

  test.each([
    ["https://api.example.com/a", "http://api.example.com/a"],
    ["https://api.example.com/a", "https://api.example.com:8443/a"],
    ["https://api.example.com/a", "https://api.example.com/A"],
    ["https://api.example.com/a", "https://api.example.com/a/"],
    ["https://api.example.com/a/b", "https://api.example.com/a%2Fb"],
    ["https://api.example.com/a", "https://api.example.com.evil.example/a"],
    ["https://api.example.com/a", "https://api.example.com/a%00"],
  ])("%s is not %s", (one, other) => {
    expect(comparableUri(one)).not.toBe(comparableUri(other));
  });

  test.each([
    "",
    "/a",
    "//api.example.com/a",
    "api.example.com/a",
    "https:/api.example.com/a",
    "https:///a",
    "ftp://api.example.com/a",
    "https://u@api.example.com/a",
    "https://u:p@api.example.com/a",
    "https://api.example.com\\a",
    "https://api.example.com/a\\b",
    "https://api.exa\tmple.com/a",
    "https://api.example.com/a\n",
    " https://api.example.com/a",
    "https://api.example.com:99999/a",
    "https://a b/",
  ])("%j is no URI to compare", (uri) => {
    expect(comparableUri(uri)).toBeUndefined();
  });

  test("never throws, and its form is its own form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (path) => {
        const comparable = comparableUri(`https://api.example.com/${path}`);
        if (comparable !== undefined) expect(comparableUri(comparable)).toBe(comparable);
      }),
    );
  });
});

describe("requestedUri", () => {
  const client = { address: "203.0.113.7", protocol: "https", host: "api.example.com" } as const;

  test("is what the client wrote, by the protocol and host it used", () => {
    expect(requestedUri({ client, rawTarget: "/a?b" })).toBe("https://api.example.com/a?b");
  });

  test.each([
    ["https", "api.example.com", true],
    ["https", "API.example.com:443", true],
    ["http", "api.example.com", false],
    ["https", "api.example.com:8443", false],
    ["https", "evil.example", false],
    ["https", "api.example.com@evil.example", false],
    ["https", "api.example.com.", false],
    ["https", "[", false],
    ["https", undefined, false],
  ] as const)("by %s to host %j is under the configured origins: %s", (protocol, host, isOurs) => {
    const named = { address: "203.0.113.7", protocol, ...(host !== undefined && { host }) };
    const uri = requestedUri({ client: named, rawTarget: "/a" }, ["https://api.example.com"]);
    expect(comparableUri(uri)).toBe(isOurs ? "https://api.example.com/a" : undefined);
  });

  test("without a host it names nothing that could be compared", () => {
    const hostless = { address: "203.0.113.7", protocol: "https" } as const;
    expect(comparableUri(requestedUri({ client: hostless, rawTarget: "/a" }))).toBeUndefined();
  });
});
