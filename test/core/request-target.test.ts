import fc from "fast-check";
import { encodeRfc3986, parseRequestTarget } from "../../server/core/request-target.js";
import { targetOf } from "../fixtures/target.js";

describe("what is sent and what is signed", () => {
  // Lambda gets the first column as the second; AWS computes the canonical path and query from it.
  test.each([
    ["/", "/", "/", ""],
    ["/a/b", "/a/b", "/a/b", ""],
    ["/a/b/", "/a/b/", "/a/b/", ""],
    ["/f(1)", "/f(1)", "/f%281%29", ""],
    ["/it's!*", "/it's!*", "/it%27s%21%2A", ""],
    ["/@a:b;c=d,e&f$+~", "/@a:b;c=d,e&f$+~", "/%40a%3Ab%3Bc%3Dd%2Ce%26f%24%2B~", ""],
    ["/a%20b", "/a%20b", "/a%2520b", ""],
    ["/a%2Fb", "/a%2Fb", "/a%252Fb", ""],
    ["/a%2fb", "/a%2fb", "/a%252fb", ""],
    ["/%e3%81%82", "/%e3%81%82", "/%25e3%2581%2582", ""],
    ["/%2A%28", "/%2A%28", "/%252A%2528", ""],
    ["/...", "/...", "/...", ""],
    ["/a%25", "/a%25", "/a%2525", ""],
    ["/?b=2&a=1", "/?b=2&a=1", "/", "a=1&b=2"],
    ["/?a", "/?a=", "/", "a="],
    ["/?a=", "/?a=", "/", "a="],
    ["/?a=x+y", "/?a=x%20y", "/", "a=x%20y"],
    ["/?a+b=1", "/?a%20b=1", "/", "a%20b=1"],
    ["/?a=b=c==", "/?a=b%3Dc%3D%3D", "/", "a=b%3Dc%3D%3D"],
    ["/?a[0]=1%2F2", "/?a%5B0%5D=1%2F2", "/", "a%5B0%5D=1%2F2"],
    ["/?a=1%2f2", "/?a=1%2F2", "/", "a=1%2F2"],
    ['/?q={x|y}^`<>"\\', "/?q=%7Bx%7Cy%7D%5E%60%3C%3E%22%5C", "/", "q=%7Bx%7Cy%7D%5E%60%3C%3E%22%5C"],
    ["/?q='(!)*'", "/?q=%27%28%21%29%2A%27", "/", "q=%27%28%21%29%2A%27"],
    ["/?a=b?c/d", "/?a=b%3Fc%2Fd", "/", "a=b%3Fc%2Fd"],
    ["/?q=%E3%81%82", "/?q=%E3%81%82", "/", "q=%E3%81%82"],
    ["/?a=2&a=1", "/?a=2&a=1", "/", "a=1&a=2"],
    ["/?2=x&1=y&z=0", "/?2=x&1=y&z=0", "/", "1=y&2=x&z=0"],
    ["/?10=a&9=b", "/?10=a&9=b", "/", "10=a&9=b"],
    ["/?a-=2&a=1", "/?a-=2&a=1", "/", "a=1&a-=2"],
    ["/?B=1&a=2", "/?B=1&a=2", "/", "B=1&a=2"],
    ["/?__proto__=1&constructor=2", "/?__proto__=1&constructor=2", "/", "__proto__=1&constructor=2"],
    ["/?&a=1&&b=2&", "/?a=1&b=2", "/", "a=1&b=2"],
    ["/?", "/", "/", ""],
    ["/?&", "/", "/", ""],
    ["/a?b=%00", "/a?b=%00", "/a", "b=%00"],
  ])("%s is sent as %s", (raw, wire, canonicalPath, canonicalQuery) => {
    expect(targetOf(raw)).toMatchObject({ wire, canonicalPath, canonicalQuery });
  });

  test.each([
    ["/", []],
    ["/a/b", ["a", "b"]],
    ["/a/", ["a"]],
    ["/%61%2Fb/c%20d", ["a/b", "c d"]],
    ["/%E3%81%82", ["あ"]],
    ["/a%252e", ["a%2e"]],
    ["/%252ea/..b%20/...", ["%2ea", "..b ", "..."]],
    ["/a%3F%23%5C%25", ["a?#\\%"]],
    ["/%C2%A0%C3%9F", ["\u00a0ß"]],
  ])("%s is routed by its decoded segments", (raw, segments) => {
    expect(targetOf(raw).segments).toEqual(segments);
  });

  test("keeps 1,500 pairs, where aws4 alone would cut at 1,000", () => {
    const pairs = Array.from({ length: 1500 }, (_, at) => `k${1500 - at}=${at}`);
    const target = targetOf(`/?${pairs.join("&")}`);
    expect(target.wire).toBe(`/?${pairs.join("&")}`);
    expect(target.canonicalQuery.split("&")).toHaveLength(1500);
  });
});

describe("properties", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const pairs = fc.array(fc.tuple(name, text), { maxLength: 8 });
  const segment = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((part) => !/(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#%]| *$)/i.test(part));
  const path = fc.array(segment, { minLength: 1, maxLength: 4 });
  const encodings = fc.constantFrom(encodeURIComponent, encodeRfc3986);

  test("the wire carries the caller's very pairs, in the caller's order", () => {
    fc.assert(
      fc.property(path, pairs, encodings, (segments, query, encode) => {
        const raw = `/${segments.map(encode).join("/")}?${query.map((pair) => pair.map(encode).join("=")).join("&")}`;
        const target = targetOf(raw);
        const [wirePath = "", wireQuery = ""] = target.wire.split("?", 2);
        expect(wirePath).toBe(raw.split("?", 1)[0]);
        expect([...new URLSearchParams(wireQuery)]).toEqual(query);
        expect(target.segments).toEqual(segments);
      }),
    );
  });

  test("parsing what is sent changes nothing more, and the signed query holds the same pairs", () => {
    const raw = fc
      .string({
        unit: fc.constantFrom(
          "/",
          "?",
          "&",
          "=",
          "+",
          "%2F",
          "%",
          ".",
          "a",
          "b",
          "(",
          "*",
          "'",
          "[",
          ":",
          ";",
          "~",
          "4",
          "1",
          "e",
        ),
        maxLength: 30,
      })
      .map((rest) => `/${rest}`);
    fc.assert(
      fc.property(raw, (target) => {
        const first = parseRequestTarget(target);
        if (!first.ok) return;
        expect(targetOf(first.value.wire)).toEqual(first.value);
        const sorted = (query: string) => query.split("&").toSorted();
        expect(sorted(first.value.canonicalQuery)).toEqual(sorted(first.value.wire.split("?")[1] ?? ""));
      }),
      { numRuns: 1000 },
    );
  });
});
