import { faultsIn, minimal, role, many, without } from "./documents.js";

const withRole = (keys: object) => ({ ...minimal, roles: [{ ...role, ...keys }] });

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
      withRole({ roleArn: "arn:aws-cn:iam::123456789012:role/a/b+c/name=1" }),
    ],
    ["50 tags", withRole({ tags: many(50) })],
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
