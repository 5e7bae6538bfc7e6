// The quick way for plain targets is no second opinion.
import fc from "fast-check";
import { parseAnyTarget, parsePlainTarget, parseRequestTarget } from "../../server/core/request-target.js";
import { rawTarget } from "../fixtures/raw-targets.js";

describe("parsePlainTarget", () => {
  test.each(["/", "/a", "/a/", "/A/b.c/d-_~", "/a?b=1", "/?a=", "/?b=2&a=1&a=0&a-=3&B=C", "/?x-amz=1"])(
    "takes %s",
    (raw) => {
      expect(parsePlainTarget(raw)).toEqual({ ...parsePlainTarget(raw), wire: raw });
      expect(parseAnyTarget(raw)).toEqual({ ok: true, value: parsePlainTarget(raw) });
    },
  );

  test.each([
    ["nothing", ""],
    ["an empty segment", "/a//b"],
    ["two slashes", "//"],
    ["a dot segment", "/a/./b"],
    ["a segment that begins with a dot", "/.well-known"],
    ["an escape", "/a%20b"],
    ["a sub-delimiter", "/a(b)"],
    ["a key without a value", "/?a"],
    ["a value without a key", "/?=a"],
    ["an empty pair", "/?a=1&&b=2"],
    ["a trailing ampersand", "/?a=1&"],
    ["a bare question mark", "/?"],
    ["a second equals sign", "/?a=b=c"],
    ["a plus", "/?a=b+c"],
    ["a name of SigV4's", "/?X-Amz-Date=1"],
    ["such a name behind another", "/?a=1&x-amz-date=1"],
    ["a fragment", "/a#b"],
    ["a line break at the end", "/a\n"],
    ["letters that fold into ASCII", "/\u017f\u212a"],
  ])("leaves %s to the general way", (_what, raw) => {
    expect(parsePlainTarget(raw)).toBeUndefined();
  });

  const plainish = fc
    .array(
      fc.constantFrom(
        ...Array.from("/?&=.-_~aB9"),
        "//",
        "/.",
        "?a=",
        "&b=",
        "&a=",
        "x-amz-",
        "X-Amz-Date=",
        "%2F",
        "+",
        "#",
        "!",
      ),
      { maxLength: 16 },
    )
    .map((parts) => `/${parts.join("")}`);

  test.each([
    ["plain and nearly plain ones", plainish],
    ["any", rawTarget],
  ])("agrees with the general way: %s", (_what, targets) => {
    let plainOnes = 0;
    fc.assert(
      fc.property(targets, (raw) => {
        const plain = parsePlainTarget(raw);
        const any = parseAnyTarget(raw);
        if (plain) expect(any).toEqual({ ok: true, value: plain });
        if (plain) plainOnes += 1;
        expect(parseRequestTarget(raw)).toEqual(any);
      }),
      { numRuns: 2000 },
    );
    expect(plainOnes).toBeGreaterThan(50);
  });
});

test("a target of 30,000 characters that nearly is plain is told at once", () => {
  const long = "a".repeat(10_000);
  const raw = `/${long}?${"a=1&".repeat(2_500)}${long}!`;
  expect(parsePlainTarget(raw)).toBeUndefined();
});
