import { alice, analystRole, configuration } from "./configurations.js";
import { grantway } from "./run-grantway.js";

const roles = (analyst: object) => configuration.roles.map((role) => (role === analystRole ? analyst : role));

/** The configuration with another analyst rule, asked for alice, for bob who is in no group, and for carol. */
function diff(analyst: object, ...argv: readonly string[]) {
  const cases = [
    { name: "alice", claims: alice },
    { name: "bob", claims: { ...alice, sub: "bob", groups: [] } },
    { name: "carol", claims: { ...alice, sub: "carol", tenant: "globex" } },
  ].map((each) => ({ ...each, route: "GET /reports/7", door: "grant", expect: { rule: "any" } }));
  const files = {
    "old.yaml": configuration,
    "new.yaml": { ...configuration, roles: roles({ ...analystRole, ...analyst }) },
    "t.yaml": { cases },
  };
  return grantway(["test", "t.yaml", "--diff", "old.yaml", "new.yaml", ...argv], { files });
}

test("nothing changes where nothing does; what is expected is not looked at", async () => {
  expect(await diff({})).toEqual({ status: 0, out: "nothing changes (3 cases)\n", err: "" });
});

test("another name of a rule is no change", async () => {
  expect((await diff({ name: "reader" })).status).toBe(0);
});

test("who gains access is told, with the role", async () => {
  const { status, out } = await diff({ when: "true" });
  expect(status).toBe(1);
  expect(out).toMatch(
    /^gains access: bob\n {4}- denial: role_not_granted\n {4}\+ RoleArn: .*reports-invoker\n/,
  );
  expect(out).toMatch(/\n\ngains access: 1, same: 2\n$/);
});

test("who loses access is told, with the reason", async () => {
  const { status, out } = await diff({ when: 'claims.tenant == "acme" && "analysts" in claims.groups' });
  expect(status).toBe(1);
  expect(out).toMatch(/^loses access: carol\n/);
  expect(out).toContain("    + denial: role_not_granted\n");
});

test.each([
  [
    "role",
    { roleArn: "arn:aws:iam::123456789012:role/other" },
    "+ RoleArn: arn:aws:iam::123456789012:role/other",
  ],
  ["tags", { tags: { tenant: "claims.sub" } }, "- Tags.tenant: acme\n    + Tags.tenant: alice"],
  ["duration", { duration: "15m" }, "- DurationSeconds: 3600\n    + DurationSeconds: 900"],
  ["session name", { sessionName: "claims.sub" }, "- RoleSessionName: alice@example.com\n"],
  ["policy", { policy: [] }, '- Policy: {"Effect":"Allow","Action":["s3:GetObject"]'],
])("a changed %s is told", async (_, analyst, lines) => {
  const { status, out } = await diff(analyst);
  expect(status).toBe(1);
  expect(out).toContain("session changes: alice\n");
  expect(out).toContain(lines);
});

test("another refusal is told as such", async () => {
  const { out } = await diff({ when: 'claims.sub == "bob" && claims.nothing', tags: {}, transitiveTags: [] });
  expect(out).not.toContain("refused otherwise");
  const { out: other } = await diff({ when: 'claims.sub == "bob"', sessionName: "claims.nothing" });
  expect(other).toContain("refused otherwise: bob\n");
});

test("--json lists every case", async () => {
  const { out } = await diff({ when: "true" }, "--json");
  const report = JSON.parse(out) as { changed: number; cases: { name: string; change: string }[] };
  expect(report.changed).toBe(1);
  expect(report.cases.map(({ name, change }) => [name, change])).toEqual([
    ["alice", "same"],
    ["bob", "gains access"],
    ["carol", "same"],
  ]);
});

test("the case files may stand behind the configurations too", async () => {
  const files = {
    "a.yaml": configuration,
    "t.yaml": { cases: [{ name: "a", claims: alice, route: "GET /reports/7", expect: { rule: "x" } }] },
  };
  expect((await grantway(["test", "--diff", "a.yaml", "a.yaml", "t.yaml"], { files })).out).toBe(
    "nothing changes (1 cases)\n",
  );
});
