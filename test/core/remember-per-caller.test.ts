import type { Principal, RouteMatch } from "../../server/core/model.js";
import { rememberPerCaller } from "../../server/core/remember-per-caller.js";
import { cel } from "../fixtures/expression.js";
import { principalWith } from "../fixtures/principal.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { routeWith } from "../fixtures/route.js";

const matchOf = (route: RouteMatch["route"], params: RouteMatch["params"] = {}): RouteMatch => ({
  route,
  door: "proxy",
  params,
});

/** Counts how often it decides, and gives a new object each time. */
function counting() {
  const decided: [RouteMatch, Principal][] = [];
  const decide = rememberPerCaller(
    (match, principal) => {
      decided.push([match, principal]);
      return { number: decided.length };
    },
    ({ roles }) => roles.map(({ when }) => when),
  );
  return { decided, decide };
}

test("decides once for one caller and route", () => {
  const { decided, decide } = counting();
  const principal = principalWith();
  const route = routeWith("ANY /a/{id}");
  const first = decide(matchOf(route, { id: "1" }), principal);
  expect(decide(matchOf(route, { id: "2" }), principal)).toBe(first);
  expect(decided).toHaveLength(1);
});

test("decides anew for another caller, however alike", () => {
  const { decide } = counting();
  const route = routeWith("ANY /a");
  expect(decide(matchOf(route), principalWith())).not.toBe(decide(matchOf(route), principalWith()));
});

test("decides anew for another route of the same caller", () => {
  const { decide } = counting();
  const principal = principalWith();
  const [a, b] = [matchOf(routeWith("ANY /a")), matchOf(routeWith("ANY /b"))];
  const first = decide(a, principal);
  expect(decide(b, principal)).not.toBe(first);
  expect(decide(a, principal)).toBe(first);
});

test.each(['route.params.id == "1"', 'has(claims.sub) && "id" in route["params"]', 'route.name == "a"'])(
  "decides anew for each call where a rule asks %s",
  (when) => {
    const { decided, decide } = counting();
    const route = routeWith("ANY /a/{id}", {
      roles: [roleRuleWith(), roleRuleWith({ when: cel(when, "bool") })],
    });
    const principal = principalWith();
    decide(matchOf(route, { id: "1" }), principal);
    decide(matchOf(route, { id: "2" }), principal);
    expect(decided.map(([{ params }]) => params.id)).toEqual(["1", "2"]);
  },
);

test("remembers the last four routes of a caller, and no more", () => {
  const { decided, decide } = counting();
  const principal = principalWith();
  const routes = ["a", "b", "c", "d"].map((name) => routeWith(`ANY /${name}`));
  for (const route of [...routes, ...routes]) decide(matchOf(route), principal);
  expect(decided).toHaveLength(4);
  decide(matchOf(routeWith("ANY /e")), principal);
  for (const route of routes.slice(1)) decide(matchOf(route), principal);
  expect(decided).toHaveLength(5);
  for (const route of routes.slice(0, 1)) decide(matchOf(route), principal);
  expect(decided).toHaveLength(6);
});
