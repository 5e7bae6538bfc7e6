import fc from "fast-check";
import { overlaps, parseRouteKey } from "../../server/core/route-key.js";
import type { RouteKey } from "../../server/core/route-key.js";

function keyOf(text: string): RouteKey {
  const parsed = parseRouteKey(text);
  if (!parsed.ok) throw new Error(parsed.denial);
  return parsed.value;
}

test.each<[string, RouteKey]>([
  ["$default", { method: "ANY", segments: undefined }],
  ["GET /", { method: "GET", segments: [] }],
  [
    "ANY /reports/{id}/{proxy+}",
    {
      method: "ANY",
      segments: [
        { kind: "literal", text: "reports" },
        { kind: "parameter", name: "id" },
        { kind: "greedy", name: "proxy" },
      ],
    },
  ],
  [
    "POST /a-b_c.d~!$&'()*+,;=:@",
    { method: "POST", segments: [{ kind: "literal", text: "a-b_c.d~!$&'()*+,;=:@" }] },
  ],
])("reads %s", (text, key) => {
  expect(parseRouteKey(text)).toEqual({ ok: true, value: key });
});

test.each([
  ["", "METHOD /path"],
  ["/a", "METHOD /path"],
  ["GET a", "METHOD /path"],
  ["GET  /a", "METHOD /path"],
  ["GET /a b", "METHOD /path"],
  ["get /a", "begin with one of"],
  ["TRACE /a", "begin with one of"],
  ["GET /a/", "empty segment"],
  ["GET //a", "empty segment"],
  ["GET /a/../b", "dot segment"],
  ["GET /.", "dot segment"],
  ["GET /a%2Fb", "percent"],
  ["GET /é", "plain characters"],
  ["GET /a?b", "plain characters"],
  ["GET /a#b", "plain characters"],
  ["GET /{id}.json", "plain characters"],
  ["GET /{}", "plain characters"],
  ["GET /{__proto__}", "plain characters"],
  ["GET /{a+}/b", "last segment"],
  ["GET /{a}/{a+}", "two parameters of one name"],
  ["$default ", "METHOD /path"],
  [`GET /${"a/".repeat(64)}a`, "at most 64"],
])("refuses %j", (text, cause) => {
  expect(parseRouteKey(text)).toEqual({ ok: false, denial: expect.stringContaining(cause) as string });
});

test.each([
  ["GET /a", "GET /a", true],
  ["GET /a/{id}", "GET /a/{name}", true],
  ["GET /{a+}", "GET /{b+}", true],
  ["$default", "$default", true],
  ["GET /a", "ANY /a", false],
  ["GET /a", "GET /b", false],
  ["GET /a", "GET /A", false],
  ["GET /a/{id}", "GET /a/b", false],
  ["GET /a/{id}", "GET /a/{rest+}", false],
  ["GET /", "GET /{rest+}", false],
  ["ANY /{rest+}", "$default", false],
  ["GET /a/b", "GET /ab", false],
])("%s and %s have equal rank: %s", (a, b, equal) => {
  expect(overlaps(keyOf(a), keyOf(b))).toBe(equal);
  expect(overlaps(keyOf(b), keyOf(a))).toBe(equal);
});

test("every key overlaps itself, whatever its parameters are called", () => {
  const segment = fc.oneof(fc.constantFrom("a", "b.c", "{x}"), fc.constant("{y}"));
  fc.assert(
    fc.property(fc.uniqueArray(segment, { maxLength: 4 }), (segments) => {
      const text = `GET /${segments.join("/")}`;
      expect(overlaps(keyOf(text), keyOf(text.replace("{x}", "{z}")))).toBe(true);
    }),
  );
});
