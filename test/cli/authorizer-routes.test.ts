// `explain`, `test` and `check` on routes whose callers a custom authorizer names: it is never asked, and that is said.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Explanation } from "../../server/cli/explanation.js";
import { analystRole, configuration, reportsRoute } from "./configurations.js";
import { grantway } from "./run-grantway.js";

const authorized = {
  ...configuration,
  authorizers: [{ name: "partner", module: "partner.mjs", simpleResponses: true }],
  roles: [{ ...analystRole, when: 'issuer == "partner" && "analysts" in claims.groups' }],
  routes: [{ ...reportsRoute, scopes: [], authorizer: "partner" }],
};
const context = { sub: "partner-7", email: "p7@example.com", groups: ["analysts"], tenant: "acme" };
const files = { "gateway.yaml": authorized, [resolve("partner.mjs")]: "", "c.json": context };

const explain = async (claims: object, ...more: string[]) => {
  const argv = ["explain", "--route", "GET /reports/7", "--claims", "c.json", "--json", ...more];
  const { out, status } = await grantway(argv, { files: { ...files, "c.json": claims } });
  return { status, explanation: JSON.parse(out) as Explanation };
};

test("explain takes the claims for the authorizer's context, and says that it was not asked", async () => {
  const { status, explanation } = await explain(context);
  expect(status).toBe(0);
  expect(explanation.token).toMatchObject({
    issuer: "partner",
    checks: [{ check: "issuer" }, { check: "authorizer", outcome: "not checked" }, { check: "context" }],
  });
  expect(explanation.answer).toMatchObject({ granted: true, rule: "analyst" });
});

test.each([
  ["no sub", { groups: ["analysts"] }, "authorizer_failed"],
  ["an exp that has passed", { ...context, exp: 1 }, "authorizer_unauthorized"],
  ["no group", { ...context, groups: [] }, "role_not_granted"],
])("explain refuses a context with %s", async (_, claims, reason) => {
  const { status, explanation } = await explain(claims);
  expect(status).toBe(1);
  expect(explanation.answer).toMatchObject({ granted: false, denial: { reason } });
});

test("explain says that a token is the authorizer's to read", async () => {
  const argv = ["explain", "--route", "GET /reports/7", "--token", "a.b.c"];
  const { out, status } = await grantway(argv, { files });
  expect(status).toBe(1);
  expect(out).toContain("--claims gives the context it would answer");
});

test("test runs cases on such a route", async () => {
  const cases = [
    { name: "a partner", claims: context, route: "GET /reports/7", expect: { rule: "analyst" } },
    { name: "nobody", claims: {}, route: "GET /reports/7", expect: { denial: "authorizer_failed" } },
  ];
  const { out, status } = await grantway(["test", "cases.yaml"], {
    files: { ...files, "cases.yaml": { cases } },
  });
  expect({ out, status }).toMatchObject({ status: 0 });
});

test("check takes the authorizer's name for what `issuer` is on its routes", async () => {
  const { out } = await grantway(["check", "--json"], { files });
  expect(out).not.toContain("can never match");
  const other = { ...authorized, roles: [{ ...analystRole, when: 'issuer == "main"' }] };
  const { out: warned } = await grantway(["check", "--json"], { files: { ...files, "gateway.yaml": other } });
  expect(warned).toContain("never holds");
});

test("check finds a module that is not there", async () => {
  const { out, status } = await grantway(["check", "--json"], { files: { "gateway.yaml": authorized } });
  expect(status).toBe(78);
  expect(out).toContain("authorizers[0].module");
});

test("serve refuses to start with a module that has no handler, with status 78", async () => {
  const module = join(mkdtempSync(join(tmpdir(), "authorizer-")), "empty.mjs");
  writeFileSync(module, "export const handle = 1;");
  const document = {
    ...authorized,
    authorizers: [{ ...authorized.authorizers[0], module }],
    listen: { host: "127.0.0.1", port: 0, adminPort: 0 },
  };
  const { err, status } = await grantway(["serve"], { files: { "gateway.yaml": document, [module]: "" } });
  expect({ err, status }).toEqual({
    status: 78,
    err: "grantway: authorizer partner: it exports no function named handler, nor one as default\n",
  });
  rmSync(dirname(module), { recursive: true });
});
