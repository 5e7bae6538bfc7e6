// The form that STS's query protocol is written in. What each parameter means is sts-request.test.ts's.
import fc from "fast-check";
import { checkFormHeaders, namedSafely, parseForm } from "../../server/core/sts-form.js";
import { accepted, refused } from "../fixtures/outcome.js";

const parse = (text: string) => parseForm(Buffer.from(text));

test("takes any parameters once, as browsers and SDKs write them", () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1 }), {
    maxLength: 64,
    minLength: 1,
  });
  fc.assert(
    fc.property(names, fc.string({ unit: "grapheme" }), (each, value) => {
      const pairs = each.map((name) => [name, value] as [string, string]);
      expect([...accepted(parse(new URLSearchParams(pairs).toString()))]).toEqual(pairs);
      const encoded = pairs.map((pair) => pair.map(encodeURIComponent).join("="));
      expect([...accepted(parse(encoded.join("&")))]).toEqual(pairs);
    }),
  );
});

test("gives or refuses whatever bytes come, and says no more than STS's code and a sentence", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const result = parseForm(Buffer.from(bytes));
      if (!result.ok) expect(result.denial.reason).toBe("sts_request_refused");
    }),
  );
});

test.each([
  ["", "MissingAction"],
  ["a", "MalformedQueryString"],
  ["=a", "MalformedQueryString"],
  ["a=b&", "MalformedQueryString"],
  ["&a=b", "MalformedQueryString"],
  ["a=b&a=b", "MalformedQueryString"],
  ["a=b&%61=c", "MalformedQueryString"],
  ["a=%", "MalformedQueryString"],
  ["a=%c3", "MalformedQueryString"],
  ["%c3=a", "MalformedQueryString"],
  ["a=b c", "MalformedQueryString"],
  ["a=\u00e4", "MalformedQueryString"],
])("refuses %j", (text, code) => {
  expect(refused(parse(text))).toMatchObject({ reason: "sts_request_refused", code });
});

test("a value may hold =, and be empty; a plus is a space", () => {
  expect([...accepted(parse("a=b=c&d=&e=f+g%2B"))]).toEqual([
    ["a", "b=c"],
    ["d", ""],
    ["e", "f g+"],
  ]);
});

test.each([
  [64, true],
  [65, false],
])("%i parameters: %s", (count, isTaken) => {
  expect(parse(Array.from({ length: count }, (_, at) => `p${at}=`).join("&")).ok).toBe(isTaken);
});

test("of a flood no more is looked at than it may have", () => {
  const flood = parse("a=&".repeat(100_000));
  expect(refused(flood)).toMatchObject({ cause: "The form holds more than 64 parameters." });
});

test.each([
  ["Tags.member.1.Key", true],
  ["PolicyArns.member.12.arn", true],
  ["ProviderId", true],
  ["eyJhbGciOiJSUzI1NiJ9", false],
  ["Ab/cd", false],
  [`A${"b".repeat(31)}`, false],
])("says a name again where it is spelled as STS's are: %s", (name, isSaid) => {
  expect(namedSafely(name).includes(name)).toBe(isSaid);
});

test.each([
  [["content-type", "application/x-www-form-urlencoded"], true],
  [["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"], true],
  [["content-type", 'application/x-www-form-urlencoded ;charset="UTF-8"'], true],
  [["content-type", "application/x-www-form-urlencoded; charset=latin1"], false],
  [["content-type", "application/x-www-form-urlencoded, text/plain"], false],
  [["content-type", "application/x-www-form-urlencoded", "Content-Type", "text/plain"], false],
  [["content-type", "text/x-www-form-urlencoded"], false],
  [[], false],
])("%j is the type of a form: %s", (headers, isForm) => {
  expect(checkFormHeaders(headers).ok).toBe(isForm);
});
