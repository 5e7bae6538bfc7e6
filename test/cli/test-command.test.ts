import { readFileSync } from "node:fs";
import {
  adminRole,
  alice,
  analystRole,
  configuration,
  laptopEnvironment,
  laptopFiles,
  reportsRoute,
} from "./configurations.js";
import { grantway, newYear, type World } from "./run-grantway.js";

const caseWith = (members: object = {}) => ({
  name: "alice",
  claims: alice,
  route: "GET /reports/7",
  expect: { rule: "analyst" },
  ...members,
});

const world = (cases: readonly object[], document: object = configuration): World => ({
  files: { "gateway.yaml": document, "t.yaml": { cases } },
});

const run = (members: object, document?: object) =>
  grantway(["test", "t.yaml"], world([caseWith(members)], document));

describe("an expectation that holds", () => {
  const held = {
    role: "reports-invoker",
    rule: "analyst",
    sessionName: "alice@example.com",
    sourceIdentity: "alice@example.com",
    tags: { tenant: "acme" },
    duration: "1h",
    headers: { "X-Caller": "alice@example.com" },
  };
  test.each(Object.entries(held))("passes: %s %j", async (key, value) => {
    expect((await run({ expect: { [key]: value } })).status).toBe(0);
  });

  test("passes together with all others", async () => {
    expect((await run({ expect: held })).out).toBe("✓ alice\n\n1 passed, 0 failed\n");
  });

  test.each([
    ["a role by its ARN", {}, { role: analystRole.roleArn }],
    ["no source identity", {}, { sourceIdentity: null }, { sourceIdentity: null }],
    [
      "a statement of the policy, whatever its spelling",
      { door: "grant" },
      {
        policy: [{ Resource: ["arn:aws:s3:::reports/acme/*"], Action: "s3:GetObject", Effect: "Allow" }],
      },
    ],
    ["a denial by its reason", { claims: {} }, { denial: "token_claim_invalid" }],
    ["a denial by the caller's code", { claims: {} }, { denial: "token_invalid" }],
    [
      "a token's end in a granted policy",
      { door: "grant", claims: { ...alice, exp: newYear / 1000 + 60 } },
      {
        policy: [
          {
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::reports/acme/*",
            Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:01:00Z" } },
          },
        ],
      },
    ],
  ])("passes: %s", async (_, members, expect_, rule: object = {}) => {
    const document = { ...configuration, roles: [{ ...analystRole, ...rule }], routes: [reportsRoute] };
    const { out, status } = await run({ ...members, expect: expect_ }, document);
    expect([status, out]).toEqual([0, "✓ alice\n\n1 passed, 0 failed\n"]);
  });
});

describe("an expectation that does not hold", () => {
  test.each([
    [{ role: "reports-admin" }, "- role: reports-admin\n    + role: reports-invoker"],
    [{ role: adminRole.roleArn }, `- role: ${adminRole.roleArn}\n    + role: ${analystRole.roleArn}`],
    [{ rule: "admin" }, "- rule: admin\n    + rule: analyst"],
    [{ sessionName: "x" }, "- sessionName: x\n    + sessionName: alice@example.com"],
    [{ sourceIdentity: null }, "- sourceIdentity: null\n    + sourceIdentity: alice@example.com"],
    [{ duration: "15m" }, "- duration: 900\n    + duration: 3600"],
    [{ tags: { tenant: "b" } }, "- tags.tenant: b\n    + tags.tenant: acme"],
    [{ tags: {} }, "✗ alice (t.yaml)\n    + tags.tenant: acme"],
    [{ tags: { tenant: "acme", team: "x" } }, "✗ alice (t.yaml)\n    - tags.team: x"],
    [{ headers: { "x-other": "x" } }, "- headers.x-other: x"],
    [{ denial: "role_not_granted" }, `- denial: role_not_granted\n    + role: ${analystRole.roleArn}`],
  ])("is shown as a diff: %j", async (expect_, diff) => {
    const { status, out } = await run({ expect: expect_ });
    expect(status).toBe(1);
    expect(out).toContain(diff);
    expect(out).toContain("0 passed, 1 failed");
  });

  test("on a refused call shows the reason with its cause", async () => {
    const { out } = await run({ claims: { ...alice, groups: [] }, expect: { role: "reports-invoker" } });
    expect(out).toMatch(/- role: reports-invoker\n {4}\+ denial: role_not_granted: admin: .*; analyst: /);
  });

  test("on another denial shows both", async () => {
    const { out } = await run({ route: "GET /x", expect: { denial: "role_not_granted" } });
    expect(out).toContain("- denial: role_not_granted\n    + denial: route_unknown\n");
  });

  test("on a policy shows the statement and what is there instead", async () => {
    const wide = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const { status, out } = await run({ door: "grant", expect: { policy: [wide] } });
    expect(status).toBe(1);
    expect(out).toContain(`- policy: ${JSON.stringify(wide)}`);
    expect(out.match(/\+ policy:/g)).toHaveLength(3);
  });
});

test("every case counts, and --json tells each", async () => {
  const cases = [caseWith(), caseWith({ name: "wrong", expect: { rule: "admin" } })];
  const { status, out } = await grantway(["test", "t.yaml", "--json"], world(cases));
  expect(status).toBe(1);
  expect(JSON.parse(out)).toEqual({
    passed: 1,
    failed: 1,
    cases: [
      { name: "alice", file: "t.yaml", differences: [] },
      {
        name: "wrong",
        file: "t.yaml",
        differences: [{ expected: ["rule: admin"], actual: ["rule: analyst"] }],
      },
    ],
  });
});

test("a case may stand at its own moment, name its issuer, and say where the caller is", async () => {
  const document = {
    ...configuration,
    issuers: [...configuration.issuers, { name: "partner", issuer: "https://p.example.com", audience: null }],
    roles: [{ ...analystRole, bindSourceIp: true }],
    routes: [reportsRoute],
  };
  const members = { issuer: "partner", at: 1_700_000_000, sourceIp: "203.0.113.7", door: "grant" };
  const claims = { ...alice, exp: 1_700_000_100 };
  expect((await run({ ...members, claims }, document)).status).toBe(0);
  expect((await run({ ...members, claims, at: "2023-11-14T22:18:00Z" }, document)).status).toBe(1);
});

describe("a case file", () => {
  test.each([
    [{}, "cases: is missing"],
    [{ cases: [] }, "cases: must not be empty"],
    [{ cases: [caseWith({ route: "reports" })] }, "cases[0].route: must be a method and a path"],
    [{ cases: [caseWith({ expect: {} })] }, "cases[0].expect: must say something"],
    [{ cases: [caseWith({ expect: { denial: "x", role: "y" } })] }, "a denial goes with nothing else"],
    [{ cases: [caseWith({ expect: { rol: "x" } })] }, "cases[0].expect.rol: is not a known key"],
    [{ cases: [caseWith({ expect: { duration: "soon" } })] }, "cases[0].expect.duration: must be a duration"],
    [{ cases: [caseWith({ claims: [] })] }, "cases[0].claims: must be a mapping"],
    [{ cases: [caseWith({ at: "noon" })] }, "cases[0].at: must be a time"],
    [{ cases: [caseWith({ door: "side" })] }, "cases[0].door: must be one of proxy, grant"],
    ["cases: [", "line 1, column"],
  ])("with a fault ends with 78 and its path: %j", async (file, fault) => {
    const files = { "gateway.yaml": configuration, "t.yaml": file };
    const { status, out, err } = await grantway(["test", "t.yaml"], { files });
    expect([status, out]).toEqual([78, ""]);
    expect(err).toContain(`t.yaml: `);
    expect(err).toContain(fault);
  });

  test("that cannot be read ends with 78", async () => {
    const { status, err } = await grantway(["test", "no.yaml"], world([]));
    expect(status).toBe(78);
    expect(err).toContain("no.yaml: cannot be read");
  });
});

test("a bad configuration ends with 78, and its faults and those of the cases are all told", async () => {
  const files = { "gateway.yaml": {}, "t.yaml": {} };
  const { status, err } = await grantway(["test", "t.yaml"], { files });
  expect(status).toBe(78);
  expect(err).toContain("gateway.yaml: 4 faults");
  expect(err).toContain("cases: is missing");
});

test.each([
  [[], "at least one FILE"],
  [["t.yaml", "--diff", "a.yaml"], "--diff takes OLD and NEW"],
  [["t.yaml", "--diff", "a.yaml", "b.yaml", "--config", "c.yaml"], "no --config"],
  [["--diff", "a.yaml", "b.yaml"], "at least one FILE"],
  [["t.yaml", "--env", "=x"], "--env takes"],
])("%j is wrong usage", async (argv, sentence) => {
  const { status, err } = await grantway(["test", ...argv]);
  expect(status).toBe(64);
  expect(err).toContain(sentence);
});

test("the laptop's own cases hold under the laptop's own configuration", async () => {
  const [rules, gateway] = ["deploy/local/rules.test.yaml", "deploy/local/gateway.yaml"];
  const files = { ...laptopFiles(gateway), [rules]: readFileSync(rules, "utf8") };
  const env = laptopEnvironment();
  const { status, out } = await grantway(["test", rules, "--config", gateway], { files, env });
  expect(out).toMatch(/\n\n\d\d passed, 0 failed\n$/);
  expect(status).toBe(0);
  expect((await grantway(["check", gateway, "--tests", rules, "--strict"], { files, env })).status).toBe(0);
});
