// Which rules can never be the one that matches on a route: an earlier rule holds wherever they would, or a condition
// that asks for no claim fails by itself.
import { compileExpression } from "../core/cel.js";
import { callVariables } from "../config/fields.js";
import { factsOf, implies } from "../core/expression-facts.js";
import type { Issuer, RoleRule, Route } from "../core/model.js";

/** Why a rule matches for no caller of a route, as far as its text tells; `undefined` where it may. */
export type WhyNever = (rule: RoleRule, route: Route) => string | undefined;

export function createWhyNever(rules: readonly RoleRule[], issuers: readonly Issuer[]): WhyNever {
  const outrunners = new Map(
    rules.map((rule, index) => {
      const earlier = rules.slice(0, index);
      return [rule, earlier.filter(({ when }) => implies(rule.when.source, when.source))];
    }),
  );
  return (rule, route) => {
    const impossible = impossiblePart(rule, route, issuers);
    if (impossible !== undefined) return impossible;
    const first = outrunners.get(rule)?.find((earlier) => route.roles.includes(earlier));
    if (first === undefined) return undefined;
    const isTrue = factsOf(first.when.source).normal === "true";
    return `${first.name} goes before it and ${isTrue ? "always matches" : "matches wherever it would"}`;
  };
}

const fixedVariables = new Set(["issuer", "route.name", "route.key"]);

function impossiblePart(rule: RoleRule, route: Route, issuers: readonly Issuer[]): string | undefined {
  const impossible = factsOf(rule.when.source).conjuncts.find((conjunct) => {
    const isFixed = [...factsOf(conjunct).reads].every((name) => fixedVariables.has(name));
    // Where an authorizer vouches for the callers, `issuer` is its name.
    const vouchers = route.authorizer ? [route.authorizer] : issuers;
    return isFixed && !vouchers.some(({ name }) => mayHold(conjunct, route, name));
  });
  if (impossible === undefined) return undefined;
  const isPlain = factsOf(impossible).reads.size === 0;
  return isPlain ? `${impossible} never holds` : `${impossible} never holds on ${route.key}`;
}

function mayHold(source: string, { name, key }: Route, issuer: string): boolean {
  const compiled = compileExpression(source, { type: "bool", variables: callVariables });
  // A normal spelling that does not compile again proves nothing.
  if (!compiled.ok) return true;
  const result = compiled.value.evaluate({ claims: {}, issuer, route: { name, key, params: {} } });
  return result.ok && result.value === true;
}
