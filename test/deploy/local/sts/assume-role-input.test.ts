import { readAssumeRoleInput } from "../../../../deploy/local/aws/sts/assume-role-input.js";
import { policyJson } from "../iam/sample-caller.js";

const legal = {
  Action: "AssumeRole",
  Version: "2011-06-15",
  RoleArn: "arn:aws:iam::123456789012:role/analyst",
  RoleSessionName: "alice",
};
const read = (changes: Readonly<Record<string, string>>): ReturnType<typeof readAssumeRoleInput> =>
  readAssumeRoleInput(new Map(Object.entries({ ...legal, ...changes })));

function refusal(changes: Readonly<Record<string, string>>): string {
  const outcome = read(changes);
  return outcome.ok ? "accepted" : `${outcome.error.status} ${outcome.error.type}: ${outcome.error.message}`;
}

const tag = (n: number, Key: string, Value = "x"): Record<string, string> => ({
  [`Tags.member.${n}.Key`]: Key,
  [`Tags.member.${n}.Value`]: Value,
});
const tags = (count: number): Record<string, string> =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => tag(i + 1, `k${i}`))) as Record<
    string,
    string
  >;
const policyOf = (length: number): string => {
  const text = JSON.stringify(policyJson({ Action: "s3:GetObject", Resource: "*" }));
  return text + " ".repeat(length - text.length);
};

test("reads every parameter, with STS's default for the duration", () => {
  expect(
    read({
      ExternalId: "a:b/c",
      SourceIdentity: "alice@example.com",
      ...tag(1, "tenant", "acme corp"),
      ...tag(2, "größe", ""),
      "TransitiveTagKeys.member.1": "tenant",
    }),
  ).toEqual({
    ok: true,
    value: {
      roleArn: legal.RoleArn,
      roleSessionName: "alice",
      durationSeconds: 3600,
      externalId: "a:b/c",
      sourceIdentity: "alice@example.com",
      tags: [
        { key: "tenant", value: "acme corp" },
        { key: "größe", value: "" },
      ],
      transitiveTagKeys: ["tenant"],
    },
  });
});

test.each<[string, Record<string, string>]>([
  ["a session name of 2", { RoleSessionName: "ab" }],
  ["a session name of 64", { RoleSessionName: "a".repeat(64) }],
  ["every character of a session name", { RoleSessionName: "aZ09_+=,.@-" }],
  ["900 seconds", { DurationSeconds: "900" }],
  ["12 hours", { DurationSeconds: "43200" }],
  ["a tag key of 128 and a value of 256", tag(1, "k".repeat(128), "v".repeat(256))],
  ["every kind of character of a tag", tag(1, "é _.:/=+-@9", "日本")],
  ["50 tags", tags(50)],
  ["an empty list of tags", { Tags: "", TransitiveTagKeys: "" }],
  ["a policy of 2,048 characters", { Policy: policyOf(2048) }],
  ["an external id of 1,224", { ExternalId: "x".repeat(1224) }],
])("takes %s", (_title, changes) => {
  expect(refusal(changes)).toBe("accepted");
});

test.each<[string, Record<string, string>, string]>([
  [
    "no session name",
    { RoleSessionName: "" },
    "at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  ],
  ["a session name of 1", { RoleSessionName: "a" }, "Member must have length greater than or equal to 2"],
  [
    "a session name of 65",
    { RoleSessionName: "a".repeat(65) },
    "Member must have length less than or equal to 64",
  ],
  [
    "a pipe in a session name",
    { RoleSessionName: "auth0|abc" },
    "Member must satisfy regular expression pattern",
  ],
  ["a colon in a session name", { RoleSessionName: "a:b" }, "Member must satisfy regular expression pattern"],
  [
    "a line break after a session name",
    { RoleSessionName: "ab\n" },
    "Member must satisfy regular expression pattern",
  ],
  [
    "a letter beyond ASCII in a session name",
    { RoleSessionName: "é1" },
    "Member must satisfy regular expression pattern",
  ],
  ["a source identity of 1", { SourceIdentity: "a" }, "at 'sourceIdentity'"],
  ["a source identity of 65", { SourceIdentity: "a".repeat(65) }, "at 'sourceIdentity'"],
  ["a source identity that begins aws:", { SourceIdentity: "aws:x" }, "at 'sourceIdentity'"],
  ["a space in a source identity", { SourceIdentity: "a b" }, "at 'sourceIdentity'"],
  ["a short role ARN", { RoleArn: "arn:aws:iam" }, "at 'roleArn'"],
  ["899 seconds", { DurationSeconds: "899" }, "Member must have value greater than or equal to 900"],
  [
    "12 hours and a second",
    { DurationSeconds: "43201" },
    "Member must have value less than or equal to 43200",
  ],
  ["a duration that is no number", { DurationSeconds: "1h" }, "at 'durationSeconds'"],
  ["a negative duration", { DurationSeconds: "-900" }, "at 'durationSeconds'"],
  ["a duration with exponent", { DurationSeconds: "9e3" }, "at 'durationSeconds'"],
  ["an empty duration", { DurationSeconds: "" }, "at 'durationSeconds'"],
  ["a short external id", { ExternalId: "x" }, "at 'externalId'"],
  ["an external id of 1,225", { ExternalId: "x".repeat(1225) }, "at 'externalId'"],
  ["a space in an external id", { ExternalId: "a b" }, "at 'externalId'"],
  ["an empty policy", { Policy: "" }, "at 'policy'"],
  [
    "a policy of 2,049 characters",
    { Policy: policyOf(2049) },
    "at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
  ],
  [
    "a character above U+00FF in a policy",
    { Policy: `${policyOf(500)}\u0100` },
    "at 'policy' failed to satisfy constraint: Member must satisfy regular expression",
  ],
  ["51 tags", tags(51), "tags has more than 50 members"],
  ["an empty tag key", tag(1, ""), "at 'tags.1.member.key'"],
  ["a tag key of 129", tag(1, "k".repeat(129)), "at 'tags.1.member.key'"],
  ["a tag value of 257", tag(1, "k", "v".repeat(257)), "at 'tags.1.member.value'"],
  ["a pipe in a tag", tag(1, "k", "auth0|abc"), "at 'tags.1.member.value'"],
  ["a comma in a tag", tag(1, "k", "a,b"), "at 'tags.1.member.value'"],
  ["a tag without value", { "Tags.member.1.Key": "k" }, "Value null at 'tags.1.member.value'"],
  ["a value without tag", { "Tags.member.1.Value": "v" }, "Tags.member.1.Value is not supported"],
  ["a gap between tags", tag(2, "k"), "Tags.member.2.Key is not supported"],
  ["tag keys that differ only in case", { ...tag(1, "Team"), ...tag(2, "team") }, "Duplicate tag keys found"],
  ["a reserved tag key", tag(1, "AWS:team"), "Tag keys that begin with aws: are reserved"],
  [
    "a transitive key that is no tag",
    { ...tag(1, "a"), "TransitiveTagKeys.member.1": "b" },
    "transitive tag key b must be included",
  ],
  [
    "a transitive key twice",
    { ...tag(1, "a"), "TransitiveTagKeys.member.1": "a", "TransitiveTagKeys.member.2": "a" },
    "Duplicate transitive tag keys",
  ],
  [
    "PolicyArns",
    { "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" },
    "PolicyArns.member.1.arn is not supported by the local twin",
  ],
  ["MFA", { SerialNumber: "x", TokenCode: "123456" }, "SerialNumber is not supported by the local twin"],
])("refuses %s", (_title, changes, message) => {
  expect(refusal(changes)).toMatch(/^400 ValidationError: \d+ validation errors? detected: /);
  expect(refusal(changes)).toContain(message);
});

test.each([
  ["no JSON", "x", "is not JSON"],
  [
    "a Principal",
    JSON.stringify(policyJson({ Action: "s3:Get", Resource: "*", Principal: "*" })),
    "Statement[0].Principal is not an element",
  ],
  [
    "NotAction",
    JSON.stringify(policyJson({ Action: "s3:Get", NotAction: "x", Resource: "*" })),
    "Statement[0].NotAction is not supported",
  ],
  ["an old version", '{"Version":"2008-10-17","Statement":[]}', "Version must be"],
])("refuses a session policy with %s", (_title, Policy, message) => {
  expect(refusal({ Policy })).toContain("400 MalformedPolicyDocument: Syntax errors in policy: ");
  expect(refusal({ Policy })).toContain(message);
});

test("tells all faults at once", () => {
  expect(refusal({ RoleSessionName: "a", DurationSeconds: "1" })).toContain("2 validation errors detected: ");
});
