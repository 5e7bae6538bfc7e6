import type { Variables } from "../../server/core/cel.js";
import type { InvokeTarget } from "../../server/core/model.js";
import { callerExpressions, callerFields } from "../../server/core/caller-fields.js";
import { tenantIdOf } from "../../server/core/tenant-id.js";
import { cel } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { functionUrlTarget, routeWith } from "../fixtures/route.js";

const target: InvokeTarget = {
  ...functionUrlTarget,
  ...{ kind: "invoke", mode: "RequestResponse", raw: false, logTail: false, tenantId: cel("claims.tenant") },
};
const route = routeWith("$default", { target });
const given = (claims: Record<string, unknown>): Variables => ({
  claims,
  issuer: "main",
  route: { name: "a", key: "a", params: {} },
});
const of = (tenant: unknown) => tenantIdOf(route, given({ tenant }));

test.each(["a", "acme", "a b", "A-Z_0.9:/=+@", "x".repeat(256)])("the claim %j is the tenant", (tenant) => {
  expect(accepted(of(tenant))).toBe(tenant);
});

test.each(["", " a", "a ", "a  b", "ä", "a\n", "a,b", "x".repeat(257), 7, undefined])(
  "the claim %j is refused",
  (tenant) => {
    expect(refused(of(tenant))).toMatchObject({ reason: "claim_unrepresentable", slot: "target.tenantId" });
  },
);

test("a target that names none has none", () => {
  expect(accepted(tenantIdOf(routeWith("$default"), { claims: {} }))).toBeUndefined();
});

test("a call's fields are refused where either of them is", () => {
  const headers = [{ name: "x-a", value: cel("claims.sub") }];
  const both = { ...route, headers };
  const fields = (claims: Record<string, unknown>) => callerFields(both, given(claims));
  expect(accepted(fields({ sub: "alice", tenant: "acme" }))).toEqual({
    identity: [["x-a", "alice"]],
    tenantId: "acme",
  });
  expect(refused(fields({ tenant: "acme" }))).toMatchObject({ slot: "headers.x-a" });
  expect(refused(fields({ sub: "alice" }))).toMatchObject({ slot: "target.tenantId" });
  expect(callerExpressions(both).map(({ source }) => source)).toEqual(["claims.sub", "claims.tenant"]);
  expect(callerExpressions({ ...both, target: functionUrlTarget })).toHaveLength(1);
});
