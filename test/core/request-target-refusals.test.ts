import fc from "fast-check";
import { parseRequestTarget, requestTargetOf } from "../../server/core/request-target.js";
import { refused } from "../fixtures/outcome.js";

const causeOf = (raw: string) => {
  const denial = refused(parseRequestTarget(raw));
  expect(denial.reason).toBe("target_invalid");
  return "cause" in denial ? denial.cause : "";
};

describe("parseRequestTarget refuses", () => {
  test.each([
    ["nothing", "", "must be a path"],
    ["the asterisk form", "*", "must be a path"],
    ["the absolute form", "http://other.example/a", "must be a path"],
    ["the authority form", "other.example:443", "must be a path"],
    ["a query alone", "?a=1", "must be a path"],
    ["a second slash, which a URL parser takes for a host", "//other.example/a", "empty segment"],
    ["a fragment", "/a#b", "no fragment"],
    ["a fragment in the query", "/a?b#c", "no fragment"],
    ["a space", "/a b", "must be percent-encoded"],
    ["a tab", "/a\tb", "must be percent-encoded"],
    ["a backslash", "/a\\b", "must be percent-encoded"],
    ["a pipe in the path", "/a|b", "must be percent-encoded"],
    ["brackets in the path", "/a[0]", "must be percent-encoded"],
    ["a percent sign alone", "/a%", "must be percent-encoded"],
    ["half an escape", "/a%4", "must be percent-encoded"],
    ["an escape that is no hex", "/a%zz", "must be percent-encoded"],
    ["raw UTF-8, read by node as latin1", "/\u00e3\u0081\u0082", "must be percent-encoded"],
    ["raw latin1", "/caf\u00e9", "must be percent-encoded"],
    ["escaped latin1", "/caf%E9", "not percent-encoded UTF-8"],
    ["an overlong escape of a slash", "/a%C0%AFb", "not percent-encoded UTF-8"],
    ["an escaped lone surrogate", "/%ED%A0%80", "not percent-encoded UTF-8"],
    ["an empty segment", "/a//b", "empty segment"],
    ["two slashes at the end", "/a//", "empty segment"],
    ["a dot segment", "/a/./b", "dot segment"],
    ["two dots", "/a/../b", "dot segment"],
    ["two dots at the end", "/a/..", "dot segment"],
    ["one encoded dot", "/a/%2e/b", "dot segment"],
    ["two encoded dots", "/a/%2e%2E/b", "dot segment"],
    ["half encoded dots", "/a/.%2E", "dot segment"],
    ["dots before an encoded slash", "/a/..%2fb", "dot segment"],
    ["dots behind an encoded slash", "/a%2F..", "dot segment"],
    ["dots before an encoded backslash", "/a/..%5Cb", "dot segment"],
    ["dots before an encoded question mark, where a URL ends its path", "/a/..%3Fb", "dot segment"],
    ["dots before an encoded hash sign", "/a/.%23b", "dot segment"],
    ["dots and a space at the end, which a URL loses", "/a/..%20", "dot segment"],
    ["two dots, encoded twice", "/a/%252e%252E/b", "dot segment, encoded twice"],
    ["two dots, one of them encoded twice", "/a/.%252e", "dot segment, encoded twice"],
    ["one dot, encoded twice", "/a/%252E/b", "dot segment, encoded twice"],
    ["dots before a slash that is encoded twice", "/a/..%252Fb", "dot segment, encoded twice"],
    ["dots before a backslash that is encoded twice", "/a/%252e.%255cb", "dot segment, encoded twice"],
    ["encoded dots beside what is no UTF-8 when decoded again", "/a/%252e.%252F%25E9", "encoded twice"],
    ["an encoded tab, which a URL loses", "/ad%09min", "control character"],
    ["an encoded line feed", "/a%0A", "control character"],
    ["an encoded carriage return", "/a%0db", "control character"],
    ["a tab between dots", "/a/.%09./b", "control character"],
    ["an encoded NUL", "/a%00", "control character"],
    ["an encoded DEL", "/a%7fb", "control character"],
    ["an encoded C1 control character", "/a%C2%9b2J", "control character"],
    ["a nameless value", "/?=b", "without a name"],
    ["a presigned URL's signature", "/?X-Amz-Signature=0", "SigV4's"],
    ["a presigned URL's date, spelt another way", "/?a=1&x%2Damz%2Ddate=0", "SigV4's"],
    ["a nameless value among others", "/?a=1&=b", "without a name"],
    ["a space in the query", "/?a=b c", "printable ASCII"],
    ["a line break in the query", "/?a=b\r\nc", "printable ASCII"],
    ["raw UTF-8 in the query", "/?a=\u00e3\u0081\u0082", "printable ASCII"],
    ["a percent sign alone in the query", "/?a=100%", "printable ASCII"],
    ["half an escape in the query", "/?a=%4", "printable ASCII"],
    ["escaped latin1 in a value", "/?a=%E9", "percent-encoded UTF-8"],
    ["escaped latin1 in a name", "/?%E9=a", "percent-encoded UTF-8"],
  ])("%s", (_, raw, cause) => {
    expect(causeOf(raw)).toContain(cause);
  });

  test("never throws and never lets a dot segment or a second host through", () => {
    const spelling = fc.string({
      unit: fc.constantFrom("/", ".", "%2e", "%252e", "%2F", "%5c", "%09", "%3F", "%20", "a", "?", "%"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(spelling, (text) => {
        const result = parseRequestTarget(`/${text}`);
        if (!result.ok) return;
        const path = result.value.wire.split("?", 1)[0] ?? "";
        expect(path.startsWith("//")).toBe(false);
        expect(decodeURIComponent(path).split(/[/\\]/)).not.toContain("..");
        expect(decodeURIComponent(path.replaceAll("%25", "%")).split(/[/\\]/)).not.toContain("..");
        expect(new URL(result.value.wire, "http://upstream.example").host).toBe("upstream.example");
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the Host header", () => {
  const parse = (...headers: string[]) => requestTargetOf({ rawTarget: "/", headers });

  test.each([
    "api.example.com",
    "api.example.com:8080",
    "127.0.0.1:1",
    "[::1]",
    "[::1]:8080",
    "a_b",
    "localhost",
  ])("%s is taken", (host) => {
    expect(parse("Host", host)).toMatchObject({ ok: true });
  });

  test("may be absent, as in HTTP/1.0", () => {
    expect(parse()).toMatchObject({ ok: true });
  });

  test.each([
    "",
    " ",
    "a b",
    "a/b",
    "a@b",
    "a,b",
    "a:port",
    "a:123456",
    "[::1",
    "a\u00e9",
    "a.example?x",
    "x:1:2",
  ])("'%s' is refused", (host) => {
    expect(parse("Host", host)).toMatchObject({
      ok: false,
      denial: { reason: "target_invalid", cause: "the Host header is malformed" },
    });
  });

  test("is refused twice, whatever its case, and even where both agree", () => {
    const denial = {
      reason: "target_invalid",
      cause: expect.stringContaining("more than one Host") as string,
    };
    expect(parse("Host", "a", "host", "b")).toMatchObject({ ok: false, denial });
    expect(parse("Host", "a", "x", "y", "HOST", "a")).toMatchObject({ ok: false, denial });
  });
});
