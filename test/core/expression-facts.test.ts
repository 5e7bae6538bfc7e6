import fc from "fast-check";
import { factsOf, implies } from "../../server/core/expression-facts.js";
import { cel } from "../fixtures/expression.js";

test.each([
  ["(true)", "true"],
  [" ( claims.a=='x' ) ", 'claims.a == "x"'],
  ["'analysts'   in claims.groups", '"analysts" in claims.groups'],
])("%s is %s in normal spelling", (source, normal) => {
  expect(factsOf(source).normal).toBe(factsOf(normal).normal);
});

test.each([
  ["true", []],
  ['"a" in claims.groups', ["groups"]],
  ['claims["a b"] == "x" && has(claims.y.z)', ["a b", "y"]],
  ["claims.groups.exists(g, g == claims.tenant)", ["groups", "tenant"]],
  ["claims.a || claims.a", ["a"]],
  ["claims[issuer] == 1", ["*"]],
  ["size(claims) > 3", ["*"]],
  ['route.params.id == "claims.x"', []],
  ['{"claims": claims.m}["claims"] == [claims.n][0]', ["m", "n"]],
])("%s reads the claims %j", (source, claims) => {
  expect(factsOf(source).claims).toEqual(claims);
});

test("variables are told apart, and so are the route's members", () => {
  const reads = factsOf('issuer == route.name && route.params["id"] == claims.x && size(route) > 0').reads;
  expect([...reads].toSorted()).toEqual(["claims", "issuer", "route", "route.name", "route.params"]);
});

test.each([
  ["claims.a", "true"],
  ["claims.a", "(claims.a)"],
  ["claims.a && claims.b", "claims.b"],
  ["claims.a && claims.b && claims.c", "claims.c && claims.a"],
  ["claims.a", "claims.b || claims.a"],
  ["claims.a || claims.b", "claims.b || claims.c || claims.a"],
  ["claims.a && claims.x || claims.b && claims.x", "claims.x"],
])("where %s holds, %s does", (a, b) => {
  expect(implies(a, b)).toBe(true);
});

test.each([
  ["true", "claims.a"],
  ["claims.a || claims.b", "claims.a"],
  ["claims.a", "claims.a && claims.b"],
  ["claims.a", "claims.b"],
  ["claims.a", "false"],
  ["!claims.a", "claims.a"],
])("from %s, %s does not follow", (a, b) => {
  expect(implies(a, b)).toBe(false);
});

test("what follows by the text holds for every claim, missing and mistyped ones too", () => {
  const { expression } = fc.letrec<{ expression: string; pair: string }>((tie) => ({
    expression: fc.oneof({ depthSize: "small" }, atom, tie("pair")),
    pair: fc
      .tuple(tie("expression"), fc.constantFrom("&&", "||"), tie("expression"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  }));
  const claims = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom<unknown>(true, false, "x"));
  const holds = (source: string, given: Record<string, unknown>) => {
    const result = cel(source, "bool").evaluate({
      claims: given,
      issuer: "main",
      route: { name: "r", key: "r", params: {} },
    });
    return result.ok && result.value === true;
  };
  let followed = 0;
  fc.assert(
    fc.property(expression, expression, claims, (a, b, given) => {
      if (!implies(a, b)) return;
      followed++;
      if (holds(a, given)) expect(holds(b, given)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(followed).toBeGreaterThan(100);
});

const atom = fc.constantFrom("claims.a", "claims.b", "claims.c", "true", "!claims.a", 'claims.b == "x"');
