// STS: who may become what, and parameters that STS's own model does not take.
import { assumeRoleForm, type Ask } from "./corpus-twin.js";
import { liveArn, roleArn } from "./corpus-names.js";
import { editHeader, type Row, source } from "./row.js";

type Form = Readonly<Record<string, string>>;
type Line = readonly [title: string, fault: Form, refused: string, good?: Form];

const assume = (changes: Form = {}): Ask => ({
  door: "sts",
  form: Object.fromEntries(
    Object.entries({ ...assumeRoleForm({ role: "caller" }), ...changes }).filter(
      ([, value]) => value !== absent,
    ),
  ),
});
/** The value of a parameter that is not sent. */
const absent = "\0";

const rows = (why: string, lines: readonly Line[]): Row[] =>
  lines.map(([title, fault, refused, good = {}]) => ({
    title,
    why,
    good: assume(good),
    fault: assume({ ...good, ...fault }),
    refused,
  }));

const denied = "403 AccessDenied";
const invalidParameter = "400 ValidationError";
const malformed = "400 MalformedPolicyDocument";
const sessionPolicy = (changes: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource: liveArn, ...changes }],
  });
const policy: Form = { Policy: sessionPolicy({}) };
const tag = (key: string, value: string, at = 1): Form => ({
  [`Tags.member.${at}.Key`]: key,
  [`Tags.member.${at}.Value`]: value,
});
const tags = (count: number): Form =>
  Object.assign({}, ...Array.from({ length: count }, (_none, at) => tag(`k${at}`, "v", at + 1))) as Form;

const parameters = rows(source.assumeRole, [
  ["no RoleArn", { RoleArn: absent }, invalidParameter],
  ["a RoleArn of 19 characters", { RoleArn: "arn:aws:iam::1:role" }, invalidParameter],
  ["no RoleSessionName", { RoleSessionName: absent }, invalidParameter],
  ["a session name of one character", { RoleSessionName: "a" }, invalidParameter, { RoleSessionName: "ab" }],
  [
    "a session name of 65",
    { RoleSessionName: "a".repeat(65) },
    invalidParameter,
    { RoleSessionName: "a".repeat(64) },
  ],
  [
    "a space in the session name",
    { RoleSessionName: "al ice" },
    invalidParameter,
    { RoleSessionName: "al.ice" },
  ],
  ["899 seconds", { DurationSeconds: "899" }, invalidParameter, { DurationSeconds: "900" }],
  [
    "more than the role's maximum",
    { DurationSeconds: "3601" },
    invalidParameter,
    { DurationSeconds: "3600" },
  ],
  ["seconds that are no number", { DurationSeconds: "1h" }, invalidParameter, { DurationSeconds: "3600" }],
  ["a source identity of one character", { SourceIdentity: "a" }, invalidParameter, { SourceIdentity: "ab" }],
  ["a source identity of AWS's", { SourceIdentity: "aws:me" }, invalidParameter, { SourceIdentity: "me" }],
  ["an external id of one character", { ExternalId: "x" }, invalidParameter, { ExternalId: "xx" }],
]);

const tagFaults = rows(source.tags, [
  ["51 tags", tags(51), invalidParameter, tags(50)],
  ["a tag twice but for capitals", tag("Tenant", "b", 2), invalidParameter, tag("tenant", "a")],
  ["a tag of AWS's", tag("aws:tenant", "a"), invalidParameter, tag("tenant", "a")],
  ["a tag with an asterisk", tag("tenant", "*"), invalidParameter, tag("tenant", "a")],
  ["a tag of 257 characters", tag("t", "a".repeat(257)), invalidParameter, tag("t", "a".repeat(256))],
  [
    "a transitive tag that is not there",
    { "TransitiveTagKeys.member.1": "other" },
    invalidParameter,
    tag("tenant", "a"),
  ],
]);

const policyFaults = rows(source.session, [
  ["a policy that is no JSON", { Policy: "{" }, malformed, policy],
  ["a policy with a principal", { Policy: sessionPolicy({ Principal: "*" }) }, malformed, policy],
  ["a policy of unknown effect", { Policy: sessionPolicy({ Effect: "allow" }) }, malformed, policy],
  ["a policy without an action", { Policy: sessionPolicy({ Action: undefined }) }, malformed, policy],
  ["a policy of 2,049 characters", { Policy: policy.Policy?.padEnd(2049) ?? "" }, invalidParameter, policy],
]);

const trust = rows(`both the caller and the role say yes: ${source.assumeRole}`, [
  ["a role that is not there", { RoleArn: roleArn("nobody") }, denied],
  ["a role that does not trust the caller", { RoleArn: roleArn("distrustful") }, denied],
  ["a role that the caller may not assume", { RoleArn: roleArn("unlent") }, denied],
  [
    "a role of another account",
    { RoleArn: roleArn("caller").replace("123456789012", "210987654321") },
    denied,
  ],
  ["tags where the role takes none", tag("tenant", "a"), denied, { RoleArn: roleArn("untagged") }],
  [
    "a source identity where the role takes none",
    { SourceIdentity: "me" },
    denied,
    { RoleArn: roleArn("untagged") },
  ],
  ["no external id", { ExternalId: absent }, denied, { RoleArn: roleArn("external"), ExternalId: "acme" }],
  [
    "another external id",
    { ExternalId: "ACME" },
    denied,
    { RoleArn: roleArn("external"), ExternalId: "acme" },
  ],
  [
    "a tag of another value than the role asks for",
    tag("tenant", "globex"),
    denied,
    {
      RoleArn: roleArn("of-acme"),
      ...tag("tenant", "acme"),
    },
  ],
]);

const identity: Ask = { door: "sts", form: { Action: "GetCallerIdentity", Version: "2011-06-15" } };
const signature = (title: string, fault: Ask, refused: string): Row => ({
  title: `GetCallerIdentity ${title}`,
  why: source.troubleshooting,
  good: identity,
  fault: { ...identity, ...fault },
  refused,
});

export const stsRows: readonly Row[] = [
  ...[parameters, tagFaults, policyFaults, trust].flat(),
  signature(
    "without a signature",
    { edit: editHeader("authorization", () => undefined) },
    "403 MissingAuthenticationToken",
  ),
  signature("signed for Lambda", { service: "lambda" }, "403 SignatureDoesNotMatch"),
  signature("signed for another region", { region: "eu-west-2" }, "403 SignatureDoesNotMatch"),
  signature(
    "with another body",
    { edit: (wire) => ({ ...wire, body: Buffer.from(String(wire.body).replace("06", "07")) }) },
    "403 SignatureDoesNotMatch",
  ),
  signature(
    "with an unknown key",
    { mixed: (own) => ({ ...own, accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }) },
    "403 InvalidClientTokenId",
  ),
  signature("after the session's end", { session: { role: "other" }, clock: 3600 }, "403 ExpiredToken"),
  signature(
    "of another version",
    { form: { Action: "GetCallerIdentity", Version: "2011-06-16" } },
    "400 InvalidAction",
  ),
  signature(
    "under another name",
    { form: { Action: "getCallerIdentity", Version: "2011-06-15" } },
    "400 InvalidAction",
  ),
];
