import { faultsIn, minimal, role, many, settingsOf, without } from "./documents.js";

const withRole = (keys: object) => ({ ...minimal, roles: [{ ...role, ...keys }] });

const roleArnPattern = "arn:aws:iam::123456789012:role/tenant-*";
const slotted = { roleArn: "arn:aws:iam::123456789012:role/tenant-${claims.tenant}", roleArnPattern };
const policyArn = "arn:aws:iam::123456789012:policy/team/more";
const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const vpcOnly = { ...statement, Condition: { IpAddress: { "aws:VpcSourceIp": "10.0.0.0/8" } } };
const fromOffice = { ...statement, Condition: { IpAddress: { "aws:SourceIp": "198.51.100.0/24" } } };

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    [
      "a role without when",
      { ...minimal, roles: [without(role, "when")] },
      "roles[0].when",
      "is missing: must be a CEL",
    ],
    ["a when that is not CEL", withRole({ when: "claims." }), "roles[0].when", "is not CEL"],
    [
      "a when that gives text",
      withRole({ when: "'yes'" }),
      "roles[0].when",
      "gives string where bool is needed",
    ],
    ["a when that is a boolean of YAML", withRole({ when: true }), "roles[0].when", "in quotes; got true"],
    [
      "a session name that gives a number",
      withRole({ sessionName: "1" }),
      "roles[0].sessionName",
      "string is needed",
    ],
    [
      "a user's ARN",
      withRole({ roleArn: "arn:aws:iam::123456789012:user/a" }),
      "roles[0].roleArn",
      "IAM role",
    ],
    [
      "a short account",
      withRole({ roleArn: "arn:aws:iam::12345678901:role/a" }),
      "roles[0].roleArn",
      "IAM role",
    ],
    [
      "two roles of one name",
      { ...minimal, roles: [role, role] },
      "roles[1].name",
      "already used by roles[0]",
    ],
    ["a tag key with a star", withRole({ tags: { "a*": "claims.x" } }), 'roles[0].tags["a*"]', "1 to 128"],
    ["a tag key of AWS", withRole({ tags: { "AWS:a": "claims.x" } }), 'roles[0].tags["AWS:a"]', "aws:"],
    ["an empty tag key", withRole({ tags: { "": "claims.x" } }), 'roles[0].tags[""]', "1 to 128"],
    [
      "a tag key of 129",
      withRole({ tags: { ["k".repeat(129)]: "claims.x" } }),
      `roles[0].tags.${"k".repeat(129)}`,
      "128",
    ],
    [
      "tags that differ in case",
      withRole({ tags: { A: "claims.x", a: "claims.x" } }),
      "roles[0].tags.a",
      "same tag as A",
    ],
    ["51 tags", withRole({ tags: many(51) }), "roles[0].tags", "at most 50"],
    ["a tag of JavaScript's", '{"roles":[{"tags":{"__proto__":"1"}}]}', "roles[0].tags", "__proto__"],
    [
      "a transitive tag that is none",
      withRole({ transitiveTags: ["a"] }),
      "roles[0].transitiveTags[0]",
      "not one of",
    ],
    [
      "a transitive tag twice",
      withRole({ tags: { a: "claims.x" }, transitiveTags: ["a", "a"] }),
      "roles[0].transitiveTags[1]",
      "twice",
    ],
    ["a duration of 899 s", withRole({ duration: "899s" }), "roles[0].duration", "from 15m to 12h"],
    ["a duration of 12h1s", withRole({ duration: "12h1s" }), "roles[0].duration", "from 15m to 12h"],
    [
      "a duration without unit",
      withRole({ duration: 3600 }),
      "roles[0].duration",
      "such as 15m30s or 900s; got 3600",
    ],
    [
      "a slot in roleArn without a pattern",
      withRole({ roleArn: "arn:aws:iam::123456789012:role/t-${claims.tenant}" }),
      "roles[0].roleArn",
      "takes slots only beside a roleArnPattern",
    ],
    [
      "a slot in roleArn's path without a pattern",
      withRole({ roleArn: "arn:aws:iam::123456789012:role/${claims.tenant}/app" }),
      "roles[0].roleArn",
      "takes slots only beside a roleArnPattern",
    ],
    [
      "a slot in roleArn that is not CEL",
      withRole({ roleArn: "arn:aws:iam::123456789012:role/${claims.}", roleArnPattern }),
      "roles[0].roleArn",
      "is not CEL",
    ],
    [
      "a slot in roleArn that gives a number",
      withRole({ roleArn: "arn:aws:iam::123456789012:role/${1}", roleArnPattern }),
      "roles[0].roleArn",
      "string is needed",
    ],
    [
      "a slot in place of the partition",
      withRole({ roleArn: "arn:${claims.x}:iam::123456789012:role/a", roleArnPattern }),
      "roles[0].roleArn",
      "IAM role",
    ],
    [
      "a space beside a slot",
      withRole({ roleArn: "arn:aws:iam::123456789012:role/a ${claims.x}", roleArnPattern }),
      "roles[0].roleArn",
      "IAM role",
    ],
    [
      "a pattern for an ARN without slots",
      withRole({ roleArnPattern }),
      "roles[0].roleArnPattern",
      "is for a roleArn with slots",
    ],
    [
      "a pattern whose star could be anything",
      withRole({ ...slotted, roleArnPattern: "arn:aws:iam::*:role/tenant-*" }),
      "roles[0].roleArnPattern",
      "* may stand once between two slashes",
    ],
    [
      "a pattern with two stars in one name",
      withRole({ ...slotted, roleArnPattern: "arn:aws:iam::123456789012:role/*-*" }),
      "roles[0].roleArnPattern",
      "* may stand once between two slashes",
    ],
    ["11 policyArns", withRole({ policyArns: Array(11).fill(policyArn) }), "roles[0].policyArns", "10"],
    [
      "a policyArn with a slot",
      withRole({ policyArns: ["arn:aws:iam::123456789012:policy/${claims.x}"] }),
      "roles[0].policyArns[0]",
      "managed policy",
    ],
    [
      "a role in policyArns",
      withRole({ policyArns: ["arn:aws:iam::123456789012:role/a"] }),
      "roles[0].policyArns[0]",
      "managed policy",
    ],
    [
      "a bindSourceIp in quotes",
      withRole({ bindSourceIp: "true" }),
      "roles[0].bindSourceIp",
      "true or false",
    ],
    [
      "a bindSourceIp beside a condition of the same key",
      withRole({
        bindSourceIp: true,
        policy: [
          { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
          {
            ...{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
            Condition: { IpAddress: { "AWS:SourceIP": "10.0.0.0/8" } },
          },
        ],
      }),
      'roles[0].policy[1].Condition.IpAddress["AWS:SourceIP"]',
      "is set by the gateway while bindSourceIp is true",
    ],
    [
      "a tag that gives a number",
      withRole({ tags: { a: "1" } }),
      "roles[0].tags.a",
      "string or list<string>",
    ],
    [
      "a tag that gives numbers",
      withRole({ tags: { a: "[1]" } }),
      "roles[0].tags.a",
      "string or list<string>",
    ],
    ["an external id of 1", withRole({ externalId: "a" }), "roles[0].externalId", "2 to 1224"],
    ["an external id of 1225", withRole({ externalId: "a".repeat(1225) }), "roles[0].externalId", "1224"],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });
});

describe("accepts, just at the edge,", () => {
  test.each<[string, object]>([
    ["a duration of 900 s", withRole({ duration: "900s" })],
    ["a duration of 12 h", withRole({ duration: "12h" })],
    [
      "a role with a path in another partition",
      {
        ...withRole({ roleArn: "arn:aws-cn:iam::123456789012:role/a/b+c/name=1" }),
        sts: { region: "cn-north-1" },
      },
    ],
    ["50 tags", withRole({ tags: many(50) })],
    [
      "tags that give lists",
      withRole({ tags: { a: "claims.a.filter(g, g != '')", b: "['x']", c: "[claims.x]" } }),
    ],
    ["a role ARN with slots and a pattern", withRole(slotted)],
    [
      "a slot in place of the account",
      withRole({ ...slotted, roleArn: "arn:aws:iam::${claims.account}:role/tenant-a" }),
    ],
    ["10 policyArns", withRole({ policyArns: Array(10).fill(policyArn) })],
    [
      "a managed policy of AWS's",
      withRole({ policyArns: ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"] }),
    ],
    ["bindSourceIp beside another address", withRole({ bindSourceIp: true, policy: [vpcOnly] })],
    ["a condition on the address without bindSourceIp", withRole({ policy: [fromOffice] })],
    [
      "a tag key of every kind of character",
      withRole({ tags: { ["é 1_.:/=+-@".padEnd(128, "k")]: "claims.x" } }),
    ],
    ["a tag key that only begins like AWS's", withRole({ tags: { aws: "claims.x", awsx: "claims.x" } })],
    [
      "external ids of 2 and of 1224",
      { ...withRole({ externalId: "ab" }), roles: [{ ...role, externalId: "a".repeat(1224) }] },
    ],
  ])("%s", (_name, document) => {
    expect(faultsIn(document)).toEqual({});
  });
});

test("a role ARN with slots compiles to its template and its pattern, another to itself", () => {
  const [role] = settingsOf(withRole(slotted)).roles;
  expect(role?.roleArn).toMatchObject({
    pattern: roleArnPattern,
    template: {
      literals: ["arn:aws:iam::123456789012:role/tenant-", ""],
      slots: [{ source: "claims.tenant" }],
    },
  });
  expect(settingsOf(withRole({})).roles[0]?.roleArn).toBe("arn:aws:iam::123456789012:role/reader");
});

describe("what readiness asks for a role with", () => {
  const tags = { tenant: "claims.tenant" };

  test("is values for the rule's own tags and source identity", () => {
    const probe = { sourceIdentity: "probe@example.com", tags: { tenant: "acme" } };
    const [rule] = settingsOf(withRole({ tags, probe })).roles;
    expect(rule?.probe).toEqual(probe);
  });

  test("may be left out, be empty, or be null, which means that it does not ask", () => {
    expect(settingsOf(withRole({})).roles[0]).not.toHaveProperty("probe");
    expect(settingsOf(withRole({ probe: {} })).roles[0]?.probe).toEqual({ tags: {} });
    expect(settingsOf(withRole({ probe: null })).roles[0]?.probe).toBeNull();
  });

  test.each<[string, object, string, string]>([
    [
      "a tag that the rule does not have",
      { probe: { tags: { team: "a" } } },
      "roles[0].probe.tags.team",
      "none of the rule's tags",
    ],
    [
      "a source identity for a rule without one",
      { sourceIdentity: null, probe: { sourceIdentity: "ab" } },
      "roles[0].probe.sourceIdentity",
      "this one has null",
    ],
    [
      "a source identity of one character",
      { probe: { sourceIdentity: "a" } },
      "roles[0].probe.sourceIdentity",
      "2 to 64",
    ],
    [
      "a value that IAM refuses",
      { tags, probe: { tags: { tenant: "a*" } } },
      "roles[0].probe.tags.tenant",
      "as IAM takes it",
    ],
    ["a key of another name", { probe: { tag: {} } }, "roles[0].probe.tag", ""],
  ])("is not %s", (_what, keys, path, message) => {
    expect(faultsIn(withRole(keys))[path]).toContain(message);
  });
});
