import fc from "fast-check";
import { fillRoleArn, isRoleArn, isRoleArnPattern } from "../../server/core/role-arn.js";
import { template, variablesWith } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

const fill = (text: string, pattern: string, claims: Record<string, unknown>) =>
  fillRoleArn({ template: template(text), pattern }, variablesWith(claims));

const fillTenant = (tenant: unknown) => fill(role("tenant-${claims.tenant}"), role("tenant-*"), { tenant });

test("an ARN without slots is what it is", () => {
  expect(accepted(fillRoleArn(role("reader"), variablesWith({})))).toBe(role("reader"));
});

test.each(["acme", "a", "A+b=c,d.e@f-g_h", "..", "x".repeat(57)])("the claim %j fills its slot", (tenant) => {
  expect(accepted(fillTenant(tenant))).toBe(role(`tenant-${tenant}`));
});

const noName = "the value of ${claims.tenant} is not text of letters, digits and + = , . @ - _ only";

test.each<[string, unknown, string]>([
  ["a slash", "a/b", noName],
  ["a colon", "a:b", noName],
  ["a star", "*", noName],
  ["a question mark", "a?", noName],
  ["a space", "a b", noName],
  ["a line break", "a\n", noName],
  ["another alphabet", "営業", noName],
  ["nothing", "", noName],
  ["a number", 7, noName],
  ["a list", ["a"], noName],
  ["a name of 65 characters with what stands before it", "x".repeat(58), "is not the ARN of an IAM role"],
])("refuses %s", (_, tenant, cause) => {
  expect(refused(fillTenant(tenant))).toMatchObject({
    reason: "claim_unrepresentable",
    slot: "roleArn",
    cause: expect.stringContaining(cause) as string,
  });
});

test("refuses a claim that is not there", () => {
  const denial = refused(fill(role("tenant-${claims.tenant}"), role("tenant-*"), {}));
  expect(denial).toMatchObject({ reason: "claim_unrepresentable", slot: "roleArn" });
});

test.each([
  [role("${claims.x}"), role("tenant-*"), "tenant-a", true],
  [role("${claims.x}"), role("tenant-*"), "admin", false],
  [role("${claims.x}"), role("tenant-*"), "tenant-", false],
  [role("${claims.x}"), role("tenant-*"), "xtenant-a", false],
  [role("${claims.x}"), role("*-reader"), "a-reader", true],
  [role("${claims.x}"), role("*-reader"), "a-reader2", false],
  [role("${claims.x}"), role("a.b*"), "axb1", false],
  [role("${claims.x}"), role("a+b*"), "aab1", false],
  [role("t/${claims.x}/app"), role("t/*/app"), "acme", true],
  [role("t/${claims.x}/app"), role("t/*/*"), "acme", true],
  [role("${claims.x}"), role("t/*"), "acme", false],
  ["arn:aws:iam::${claims.x}:role/app", role("app"), "123456789012", true],
  ["arn:aws:iam::${claims.x}:role/app", role("app"), "210987654321", false],
  [role("app-${claims.x}-${claims.x}"), role("app-*"), "a", true],
])("%s with the pattern %s and %j: %s", (text, pattern, x, matches) => {
  expect(fill(text, pattern, { x }).ok).toBe(matches);
});

test("no claim text names a role outside the pattern", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.string({ unit: fc.constantFrom("a", "/", ":", "*", "-", "\n", "${", "}"), maxLength: 8 }),
    fc.stringMatching(/^[\w+=,.@-]{1,12}$/),
  );
  let taken = 0;
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const filled = fill(role("t/${claims.a}/tenant-${claims.b}"), role("t/*/tenant-*"), { a, b });
      if (!filled.ok) return;
      taken += 1;
      expect(isRoleArn(filled.value)).toBe(true);
      expect(filled.value.split("/")).toEqual(["arn:aws:iam::123456789012:role", "t", a, `tenant-${b}`]);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(50);
});

describe("a pattern", () => {
  test.each(["tenant-*", "*", "a/*/b", "*/*", "plain", "a+b=c,d.e@f-g_h*"])("may be %s", (name) => {
    expect(isRoleArnPattern(role(name))).toBe(true);
  });

  test.each([
    role("**"),
    role("a*b*"),
    role("a//b"),
    role("/a"),
    role("a/"),
    role(""),
    role("a?"),
    role("[a-z]"),
    role("${claims.x}"),
    role("a|b"),
    role("é"),
    "arn:aws:iam::*:role/a",
    "arn:aws:iam::12345678901:role/a",
    "arn:*:iam::123456789012:role/a",
    "arn:aws:iam::123456789012:user/*",
    "*",
    role("a\n"),
    role("x".repeat(640)),
  ])("may not be %j", (pattern) => {
    expect(isRoleArnPattern(pattern)).toBe(false);
  });
});
