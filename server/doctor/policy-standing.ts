// Whether statements name an action on a resource in plain words. No evaluator: what a condition, a variable or an
// inverted element decides is "unclear", and AWS alone knows.
import type { Conditions } from "../core/policy-bounds.js";
import { coversAction, coversResource } from "../core/policy-pattern.js";
import type { PolicyCondition, PolicyStatement } from "./policy-statements.js";

export interface Need {
  readonly action: string;
  readonly resource: string;
  /** What is known of the request: the conditions that our own session policy has for this action. */
  readonly known?: Conditions;
}

export type Standing =
  | { readonly standing: "allowed" }
  | { readonly standing: "unclear" }
  | { readonly standing: "missing" }
  | { readonly standing: "denied"; readonly policy: string }
  /** A statement that was meant for it and asks for a key that this action does not have. */
  | { readonly standing: "misfit"; readonly key: string; readonly policy: string };

export function standingOf(statements: readonly PolicyStatement[], need: Need): Standing {
  const near = statements.filter((statement) => names(statement, need));
  const verdicts = near.map((statement) => ({ statement, holds: conditionsHold(statement, need) }));
  const denying = verdicts.filter(({ statement }) => statement.effect === "Deny");
  const sure = denying.find(({ holds }) => holds === "yes");
  if (sure) return { standing: "denied", policy: sure.statement.policy };
  const allowing = verdicts.filter(({ statement }) => statement.effect === "Allow");
  const isDoubtful = denying.some(({ holds }) => holds === "unclear");
  if (allowing.some(({ holds }) => holds === "yes")) return { standing: isDoubtful ? "unclear" : "allowed" };
  if (allowing.some(({ holds }) => holds === "unclear")) return { standing: "unclear" };
  return misfitOf(allowing[0]?.statement, need);
}

/** `statement`: of the right action and resource, with a condition that does not hold. */
function misfitOf(statement: PolicyStatement | undefined, { known = {} }: Need): Standing {
  const failing = statement?.conditions.find((condition) => conditionHolds(condition, known) === "no");
  if (!statement || !failing) return { standing: "missing" };
  return { standing: "misfit", key: failing.key, policy: statement.policy };
}

/** What is inverted names nothing of that kind, and may be about all. */
function names({ actions, resources, isInverted }: PolicyStatement, { action, resource }: Need): boolean {
  return (
    ((isInverted && actions.length === 0) || actions.some((pattern) => coversAction(pattern, action))) &&
    // A trust policy has no resources: it is about the role it belongs to.
    (resources.length === 0 ||
      resources.some((pattern) => pattern.includes("${") || coversResource(pattern, resource)))
  );
}

type Holds = "yes" | "no" | "unclear";

function conditionsHold({ conditions, resources, isInverted }: PolicyStatement, need: Need): Holds {
  if (isInverted || resources.some((pattern) => pattern.includes("${"))) return "unclear";
  const each = conditions.map((condition) => conditionHolds(condition, need.known ?? {}));
  if (each.includes("no")) return "no";
  return each.includes("unclear") ? "unclear" : "yes";
}

/** Each belongs to one action alone; under another it is not there, and a plain operator fails. */
const urlKeys = ["lambda:functionurlauthtype", "lambda:invokedviafunctionurl"];

function conditionHolds({ operator, key, values }: PolicyCondition, known: Conditions): Holds {
  if (!urlKeys.includes(key.toLowerCase()) || !/^(?:StringEquals|StringLike|Bool)$/i.test(operator))
    return "unclear";
  const given = Object.values(known).flatMap((keys) =>
    Object.entries(keys).flatMap(([name, value]) => (name.toLowerCase() === key.toLowerCase() ? value : [])),
  );
  // Case decides nothing: the values are AWS's own words, and `True` is as good as `true`.
  const fits = /Like$/i.test(operator) ? coversAction : same;
  if (values.some((value) => given.some((each) => fits(value, each)))) return "yes";
  return values.some((value) => value.includes("${")) ? "unclear" : "no";
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
