// Patterns of IAM's against patterns, held to the local AWS's own matching of texts.
import fc from "fast-check";
import {
  matchAction,
  matchResourceNarrowly,
  matchTokens,
  expandPattern,
  type Token,
} from "../../deploy/local/aws/iam/match.js";
import {
  coversAction,
  coversResource,
  overlaps,
  withoutVariables,
} from "../../server/core/policy-pattern.js";
import { cpuSeconds } from "../fixtures/cpu-seconds.js";

const arn = (resource: string): string => `arn:aws:lambda:eu-west-1:1:${resource}`;

test.each([
  ["s3:GetObject", "s3:GetObject", true],
  ["s3:GetObject", "S3:getobject", true],
  ["s3:getobject", "s3:GetObject", true],
  ["*", "s3:*", true],
  ["*", "*", true],
  ["s3:*", "*", false],
  ["s3:Get*", "s3:GetObject*", true],
  ["s3:GetObject*", "s3:Get*", false],
  ["s3:Get*Acl", "s3:GetObjectVersionAcl", true],
  ["s3:Get*Acl", "s3:Get*", false],
  ["s3:Get?", "s3:Get?", true],
  ["s3:Get?", "s3:GetA", true],
  ["s3:GetA", "s3:Get?", false],
  ["s3:Get?", "s3:Get*", false],
  ["s3:Get*", "s3:Get?", true],
  ["s3:Get?", "s3:Get", false],
  ["s3:GetObject", "s3:GetObjectAcl", false],
  ["s3:a*b*c", "s3:aXbYbZc", true],
  ["s3:a*b*c", "s3:aXcYbZ", false],
])("action %s covers %s: %s", (pattern, asked, covered) => {
  expect(coversAction(pattern, asked)).toBe(covered);
});

test.each([
  ["*", "*", true],
  ["*", arn("function:f"), true],
  [arn("function:f"), "*", false],
  [arn("function:f"), arn("function:f"), true],
  [arn("function:F"), arn("function:f"), false],
  [arn("function:f"), arn("function:f:live"), false],
  [arn("function:f:live"), arn("function:f"), false],
  [arn("function:*"), arn("function:f:live"), true],
  [arn("function:*"), arn("function:*"), true],
  [arn("function:*"), arn("function:f:*"), true],
  [arn("function:f:*"), arn("function:f*"), false],
  [arn("function:f*"), arn("function:f:*"), true],
  // One reading of a wildcard does not go over colons.
  [arn("function:*:live"), arn("function:f:g:live"), false],
  [arn("*"), arn("function:f"), true],
  ["arn:aws:lambda:*:1:function:f", "arn:aws:lambda:eu-west-1:1:function:f", true],
  ["arn:aws:lambda:eu-west-1:1:function:f", "arn:aws:lambda:*:1:function:f", false],
  ["arn:aws:s3:::reports/*", "arn:aws:s3:::reports/acme/*", true],
  ["arn:aws:s3:::reports/*", "arn:aws:s3:::reports*", false],
  ["arn:aws:s3*", "arn:aws:s3:::reports", false],
])("resource %s covers %s: %s", (pattern, asked, covered) => {
  expect(coversResource(withoutVariables(pattern), asked)).toBe(covered);
});

test.each(["*", "?", "$"])(
  "a literal %s of ours is covered by itself alone, which nobody can ask for",
  (mark) => {
    const pattern = withoutVariables(`arn:aws:s3:::reports/a\${${mark}}b`);
    for (const asked of [`a${mark}b`, "a*b", "a?b", "aXb", "ab"])
      expect(coversResource(pattern, `arn:aws:s3:::reports/${asked}`)).toBe(false);
    for (const asked of ["a*", "a?b"]) expect(overlaps(pattern, `arn:aws:s3:::reports/${asked}`)).toBe(true);
  },
);

test.each([
  ["", "", true],
  ["a", "a", true],
  ["a", "b", false],
  ["a", "ab", false],
  ["a*", "*b", true],
  ["a*b", "a*c", false],
  ["a?c", "abc", true],
  ["a?c", "a*", true],
  ["a?", "a", false],
  ["*", "", true],
  ["?", "*", true],
  ["**", "?", true],
  ["a*c*e", "*b*d*", true],
])("%j and %j have a text in common: %s", (a, b, common) => {
  expect([overlaps(a, b), overlaps(b, a)]).toEqual([common, common]);
});

const marks = (...characters: string[]) =>
  fc.array(fc.constantFrom(...characters), { maxLength: 5 }).map((list) => list.join(""));
const tokens = (pattern: string): Token[] => expandPattern(pattern, "", {}) ?? [];

test("what is covered is matched, by every text, wherever a wildcard ends", () => {
  const tail = marks("a", "b", "*", "?", ":");
  let [covered, matched] = [0, 0];
  fc.assert(
    fc.property(tail, tail, fc.array(marks("a", "b", ":"), { maxLength: 40 }), (ours, asked, texts) => {
      const [wide, narrow] = [`arn:aws:x:::a${ours}`, `arn:aws:x:::a${asked}`];
      if (!coversResource(wide, narrow)) return;
      covered++;
      for (const text of texts.map((each) => `arn:aws:x:::a${each}`)) {
        if (matchResourceNarrowly(tokens(narrow), text)) {
          matched++;
          expect(matchResourceNarrowly(tokens(wide), text)).toBe(true);
        }
        if (matchTokens(tokens(narrow), text)) expect(matchTokens(tokens(wide), text)).toBe(true);
      }
      expect(overlaps(wide, narrow)).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(Math.min(covered, matched)).toBeGreaterThan(100);
});

test("the same of actions; and what no pattern has in common no text matches", () => {
  const name = marks("a", "B", "*", "?");
  fc.assert(
    fc.property(name, name, fc.array(marks("a", "b"), { maxLength: 40 }), (ours, asked, texts) => {
      for (const text of texts) {
        const [byOurs, byAsked] = [matchAction(ours, text), matchAction(asked, text)];
        if (byAsked && coversAction(ours, asked)) expect(byOurs).toBe(true);
        if (byAsked && byOurs) expect(overlaps(ours.toLowerCase(), asked.toLowerCase())).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

test("a pattern cannot make it slow", async () => {
  const [pattern, text] = ["*a".repeat(1000), `${"a".repeat(2000)}b`];
  const work = () => expect([coversAction(pattern, text), overlaps(pattern, text)]).toEqual([false, false]);
  // Microseconds; two lengths multiplied take some hundredths of a second, going back to every star would take for ever.
  expect(await cpuSeconds(work)).toBeLessThan(2);
});
