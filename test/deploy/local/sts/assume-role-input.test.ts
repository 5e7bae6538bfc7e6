import fc from "fast-check";
import { readAssumeRoleInput } from "../../../../deploy/local/aws/sts/assume-role-input.js";
import { policy, policyJson } from "../iam/sample-caller.js";

const policyArn = "arn:aws:iam::123456789012:policy/read";
const managedArns = [policyArn, ...Array.from({ length: 10 }, (_, i) => `${policyArn}${i}`)];
const longArn = `arn:aws:iam::123456789012:policy/${"p".repeat(1700)}/long`;
const managedPolicies = [...managedArns, longArn].map((arn) => ({
  arn,
  document: policy("identity", { Action: "s3:GetObject", Resource: "*", Sid: "Managed" }),
}));

const legal = {
  Action: "AssumeRole",
  Version: "2011-06-15",
  RoleArn: "arn:aws:iam::123456789012:role/analyst",
  RoleSessionName: "alice",
};
const read = (changes: Readonly<Record<string, string>>): ReturnType<typeof readAssumeRoleInput> =>
  readAssumeRoleInput(new Map(Object.entries({ ...legal, ...changes })), managedPolicies);

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
const transitive = (count: number, prefix = "k"): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`TransitiveTagKeys.member.${i + 1}`, `${prefix}${i}`]),
  );
const arns = (...list: readonly string[]): Record<string, string> =>
  Object.fromEntries(list.map((arn, i) => [`PolicyArns.member.${i + 1}.arn`, arn]));
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
      minimumTokenBytes: 0,
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
  ["a tab, a carriage return and a line feed in a policy", { Policy: `${policyOf(300)}\t\r\n` }],
  ["an external id of 2", { ExternalId: "ab" }],
  ["an external id of 1,224", { ExternalId: "x".repeat(1224) }],
  ["every character of an external id", { ExternalId: "aZ09_+=,.@:/-" }],
  ["a source identity of 2", { SourceIdentity: "ab" }],
  ["a source identity of 64", { SourceIdentity: "a".repeat(64) }],
  ["a role ARN of 20", { RoleArn: "a".repeat(20) }],
  ["a role ARN of 2,048", { RoleArn: "a".repeat(2048) }],
  ["a serial number of 9 and a code of 6", { SerialNumber: "GAHT12345", TokenCode: "123456" }],
  ["a serial number of 256", { SerialNumber: "a".repeat(256), TokenCode: "123456" }],
  ["every character of a serial number", { SerialNumber: "aZ09_+=/:,.@-", TokenCode: "000000" }],
  ["no least token size", { MinimumSessionTokenSize: "0" }],
  ["a least token size of 4,096", { MinimumSessionTokenSize: "4096" }],
  ["a managed policy", arns(policyArn)],
  ["ten managed policies", arns(...managedArns.slice(0, 10))],
  ["an empty list of managed policies", { PolicyArns: "" }],
  [
    "a policy and a managed one of 2,048 characters together",
    { ...arns(policyArn), Policy: policyOf(2048 - policyArn.length) },
  ],
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
  ["transitive keys that are 51", { ...tags(50), ...transitive(51) }, "transitiveTagKeys has more than 50"],
  ["a transitive key of 129", transitive(1, "k".repeat(129)), "at 'transitiveTagKeys.1.member'"],
  [
    "a transitive key that differs from its tag in case",
    { ...tag(1, "Team"), "TransitiveTagKeys.member.1": "team" },
    "transitive tag key team must be included",
  ],
  ["a role ARN of 19", { RoleArn: "a".repeat(19) }, "at 'roleArn' failed to satisfy constraint: Member must"],
  ["a role ARN of 2,049", { RoleArn: "a".repeat(2049) }, "less than or equal to 2048"],
  ["a control character in a role ARN", { RoleArn: `${legal.RoleArn}\u0000` }, "expression pattern: [\\t\\n"],
  ["a serial number of 8", { SerialNumber: "a".repeat(8) }, "at 'serialNumber'"],
  ["a serial number of 257", { SerialNumber: "a".repeat(257) }, "at 'serialNumber'"],
  ["a space in a serial number", { SerialNumber: "GAHT 12345" }, "at 'serialNumber'"],
  ["a code of 5", { TokenCode: "12345" }, "at 'tokenCode'"],
  ["a code of 7", { TokenCode: "1234567" }, "at 'tokenCode'"],
  ["a code with a letter", { TokenCode: "12345a" }, "expression pattern: [\\d]*"],
  ["a least token size of 4,097", { MinimumSessionTokenSize: "4097" }, "less than or equal to 4096"],
  ["a negative least token size", { MinimumSessionTokenSize: "-1" }, "at 'minimumSessionTokenSize'"],
  ["11 managed policies", arns(...managedArns), "policyArns has more than 10 members"],
  ["a managed policy twice", arns(policyArn, policyArn), "policyArns has the same ARN twice"],
  ["a policy ARN of 19", arns("a".repeat(19)), "at 'policyArns.1.member.arn'"],
  ["a policy ARN of 2,049", arns("a".repeat(2049)), "at 'policyArns.1.member.arn'"],
  [
    "a policy member that is no arn",
    { "PolicyArns.member.1": policyArn },
    "PolicyArns.member.1 is not supported",
  ],
  [
    "a policy and a managed one of 2,049 characters together",
    { ...arns(policyArn), Policy: policyOf(2049 - policyArn.length) },
    "policy and policyArns have 2049 characters together, more than 2048",
  ],
  [
    "contexts",
    { "ProvidedContexts.member.1.ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter" },
    "ProvidedContexts.member.1.ProviderArn is not supported by the local twin",
  ],
  ["a parameter that STS does not have", { Constructor: "x" }, "Constructor is not supported"],
])("refuses %s", (_title, changes, message) => {
  expect(refusal(changes)).toMatch(/^400 ValidationError: \d+ validation errors? detected: /);
  expect(refusal(changes)).toContain(message);
});

test.each([
  [
    "a policy that the template does not have",
    `${policyArn}X`,
    `${policyArn}X is not a managed policy of the`,
  ],
  [
    "a policy of another account",
    "arn:aws:iam::999999999999:policy/read",
    "arn:aws:iam::999999999999:policy/read is not a managed policy of the template.",
  ],
  [
    "a policy of AWS's own",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/ReadOnlyAccess is a managed policy of AWS's own",
  ],
])("refuses %s", (_title, arn, message) => {
  expect(refusal(arns(policyArn, arn))).toContain(`400 ValidationError: ${message}`);
});

test("the statements of policy and managed policies add up", () => {
  const outcome = read({ ...arns(policyArn), Policy: policyOf(200) });
  expect(outcome).toMatchObject({
    ok: true,
    value: {
      policy: {
        arns: [policyArn],
        text: policyOf(200),
        document: { statements: [{ sid: "Managed" }, { actions: ["s3:GetObject"] }] },
      },
    },
  });
});

test.each([
  ["no JSON", "x", "is not JSON"],
  [
    "a Principal",
    JSON.stringify(policyJson({ Action: "s3:Get", Resource: "*", Principal: "*" })),
    "Statement[0].Principal is not an element",
  ],
  ["no Resource", JSON.stringify(policyJson({ Action: "s3:GetObject" })), "Statement[0].Resource"],
  ["another version", '{"Version":"2012-10-18","Statement":[]}', "Version must be"],
])("refuses a session policy with %s", (_title, Policy, message) => {
  expect(refusal({ Policy })).toContain("400 MalformedPolicyDocument: Syntax errors in policy: ");
  expect(refusal({ Policy })).toContain(message);
});

test("tells all faults at once", () => {
  expect(refusal({ RoleSessionName: "a", DurationSeconds: "1" })).toContain("2 validation errors detected: ");
});

test("whatever stands in whichever parameter, the answer is an input or a refusal that STS has a code for", () => {
  const names = fc.oneof(
    fc.constantFrom(
      ...["RoleArn", "RoleSessionName", "Policy", "PolicyArns.member.1.arn", "DurationSeconds", "ExternalId"],
      ...["Tags.member.1.Key", "Tags.member.1.Value", "TransitiveTagKeys.member.1", "SourceIdentity", "Tags"],
      ...["SerialNumber", "TokenCode", "MinimumSessionTokenSize", "ProvidedContexts.member.1.ProviderArn"],
    ),
    fc.string(),
  );
  const values = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string(),
    fc.json(),
    fc.integer().map(String),
    fc.constantFrom("__proto__", "constructor", policyArn),
  );
  fc.assert(
    fc.property(fc.dictionary(names, values, { maxKeys: 6 }), (changes) => {
      expect(refusal(changes)).toMatch(/^(accepted$|400 (ValidationError|MalformedPolicyDocument): .)/s);
    }),
    { numRuns: 500 },
  );
});
