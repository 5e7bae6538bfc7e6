import fc from "fast-check";
import { readClaimedAttributes } from "../../../../deploy/local/aws/sts/claimed-attributes.js";

const nested = "https://aws.amazon.com/tags";
const flat = `${nested}/principal_tags/`;
const flatKeys = `${nested}/transitive_tag_keys`;
const identity = "https://aws.amazon.com/source_identity";

const refusal = (claims: Readonly<Record<string, unknown>>): string => {
  const outcome = readClaimedAttributes(claims);
  return outcome.ok ? "accepted" : `${outcome.error.status} ${outcome.error.type}: ${outcome.error.message}`;
};

test.each<[string, Record<string, unknown>]>([
  [
    "nested",
    {
      [nested]: {
        principal_tags: { Project: ["Automation"], Department: ["Engineering"] },
        transitive_tag_keys: ["Project"],
      },
    },
  ],
  [
    "flattened",
    { [`${flat}Project`]: "Automation", [`${flat}Department`]: "Engineering", [flatKeys]: ["Project"] },
  ],
])("reads tags, %s", (_form, claims) => {
  expect(readClaimedAttributes({ sub: "x", ...claims, [identity]: "alice" })).toEqual({
    ok: true,
    value: {
      tags: [
        { key: "Project", value: "Automation" },
        { key: "Department", value: "Engineering" },
      ],
      transitiveTagKeys: ["Project"],
      sourceIdentity: "alice",
    },
  });
});

test("a token without such claims has no tags", () => {
  const value = { tags: [], transitiveTagKeys: [] };
  expect(readClaimedAttributes({ sub: "x", tags: { a: ["b"] } })).toEqual({ ok: true, value });
  expect(readClaimedAttributes({ [nested]: {} })).toEqual({ ok: true, value });
});

const tags = (principal_tags: unknown, transitive_tag_keys: unknown = []): Record<string, unknown> => ({
  [nested]: { principal_tags, transitive_tag_keys },
});
const many = (count: number): Record<string, string[]> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ["v"]]));

test.each<[string, Record<string, unknown>]>([
  ["50 tags", tags(many(50))],
  ["an empty value", tags({ team: [""] })],
  ["a value of 256", tags({ team: ["v".repeat(256)] })],
  ["a source identity of 2", { [identity]: "ab" }],
])("takes %s", (_title, claims) => {
  expect(refusal(claims)).toBe("accepted");
});

test.each<[string, Record<string, unknown>, string]>([
  ["51 tags", tags(many(51)), "tags has more than 50 members"],
  ["a value of 257", tags({ team: ["v".repeat(257)] }), "at 'principal_tags.team'"],
  ["a pipe in a value", tags({ team: ["a|b"] }), "at 'principal_tags.team'"],
  ["an empty key", tags({ "": ["a"] }), "at 'principal_tags'"],
  ["two values", tags({ team: ["a", "b"] }), "principal_tags.team must be a list of one text"],
  ["no value", tags({ team: [] }), "principal_tags.team must be a list of one text"],
  ["a value without a list", tags({ team: "a" }), "principal_tags.team must be a list of one text"],
  ["a number", tags({ team: [1] }), "principal_tags.team must be a list of texts"],
  ["two keys that differ in case", tags({ team: ["a"], Team: ["b"] }), "Duplicate tag keys"],
  ["a reserved key", tags({ "aws:team": ["a"] }), "Tag keys that begin with aws: are reserved"],
  ["a transitive key that is no tag", tags({ team: ["a"] }, ["other"]), "must be included in the requested"],
  ["transitive keys that are no list", tags({ team: ["a"] }, "team"), "must be a list of texts"],
  ["tags that are no object", tags(["a"]), "principal_tags must be an object"],
  ["a claim that is no object", { [nested]: [{}] }, "https://aws.amazon.com/tags must be an object"],
  ["a member that AWS does not have", { [nested]: { tags: {} } }, "tags is not a member of"],
  ["both forms", { ...tags({ a: ["b"] }), [`${flat}c`]: "d" }, "stands both nested and flattened"],
  ["a flattened list", { [`${flat}team`]: ["a"] }, "principal_tags/team must be a text"],
  ["a flattened claim of another name", { [`${nested}/team`]: "a" }, "is not a claim of session tags"],
  ["flattened transitive keys alone", { [flatKeys]: ["team"] }, "must be included in the requested tags"],
  ["a source identity of 1", { [identity]: "a" }, "at 'source_identity'"],
  ["a source identity of 65", { [identity]: "a".repeat(65) }, "at 'source_identity'"],
  ["a source identity that is no text", { [identity]: ["alice"] }, "Value null at 'source_identity'"],
])("refuses %s", (_title, claims, message) => {
  expect(refusal(claims)).toMatch(/^403 IDPRejectedClaim: The token's claims are refused: /);
  expect(refusal(claims)).toContain(message);
});

test("whatever the claims are, the answer is tags or a refusal", () => {
  const names = fc.oneof(
    fc.constantFrom(nested, flatKeys, identity, `${flat}a`, `${flat}__proto__`),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (claims) => {
      expect(refusal(claims)).toMatch(/^(accepted$|403 IDPRejectedClaim: .)/s);
    }),
  );
});
