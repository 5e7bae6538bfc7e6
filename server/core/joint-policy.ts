// Several session policies -> one that allows what any of them allows, and no more: IAM takes one inline policy for a
// session. Pure text work on what compile-policy.ts wrote; how long it may be is the caller's to check.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { denyOutside, type Conditions, type PolicyBounds, type Statement } from "./policy-bounds.js";
import { accept, refuse, type Result } from "./result.js";

/** One action on one resource, allowed under a condition. */
interface Allowed {
  readonly action: string;
  readonly resource: string;
  readonly condition: Conditions;
}

/**
 * `policies`: texts of compileSessionPolicy. The shorter of two spellings: the bounds of a grant as conditions on each
 * Allow, or as one Deny. Refuses where they deny different things: what one denies would be denied to all.
 */
export function jointPolicy(policies: readonly string[]): Result<string, string> {
  const parts = policies.map(statementsOf);
  const denies = parts.map((statements) => statements.filter(({ Effect }) => Effect === "Deny"));
  if (new Set(denies.map(setKey)).size > 1) return refuse("their policies deny different things");

  const allows = parts.flat().filter(({ Effect }) => Effect === "Allow");
  const common = unique(denies.flat());
  const asConditions = written([...merged(allows), ...common]);
  const bounds = commonBounds(allows);
  if (!bounds) return accept(asConditions);
  const unbounded = allows.map(withoutBounds);
  const asDeny = written([...merged(unbounded), ...unique([...common, ...denyOutside(bounds)])]);
  return accept(asDeny.length < asConditions.length ? asDeny : asConditions);
}

const statementsOf = (policy: string): readonly Statement[] =>
  (JSON.parse(policy) as { readonly Statement: readonly Statement[] }).Statement;

const written = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const setKey = (statements: readonly Statement[]): string =>
  JSON.stringify([...new Set(statements.map((statement) => JSON.stringify(statement)))].sort());

const unique = (statements: readonly Statement[]): Statement[] => [
  ...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values(),
];

/** Sids get lost: they say nothing to IAM, and two statements may not share one. */
function merged(allows: readonly Statement[]): Statement[] {
  const byAction = new Map<string, { action: string; resources: string[]; condition: Conditions }>();
  for (const { action, resource, condition } of needed(allows.flatMap(pairsOf))) {
    const key = JSON.stringify([action, keyOf(condition)]);
    const known = byAction.get(key);
    if (known) known.resources.push(resource);
    else byAction.set(key, { action, resources: [resource], condition });
  }
  const byResources = new Map<string, { actions: string[]; resources: string[]; condition: Conditions }>();
  for (const { action, resources, condition } of byAction.values()) {
    const key = JSON.stringify([resources.toSorted(), keyOf(condition)]);
    const known = byResources.get(key);
    if (known) known.actions.push(action);
    else byResources.set(key, { actions: [action], resources, condition });
  }
  return [...byResources.values()].map(({ actions, resources, condition }) => ({
    Effect: "Allow",
    Action: oneOrList(actions),
    Resource: oneOrList(resources),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  }));
}

const pairsOf = ({ Action, Resource, Condition: condition = {} }: Statement): Allowed[] =>
  listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ action, resource, condition })));

/** Those that allow what no other does. Only what is of one action on one resource is compared. */
function needed(pairs: readonly Allowed[]): Allowed[] {
  const alike = new Map<string, Allowed[]>();
  for (const pair of pairs) {
    const key = JSON.stringify([pair.action, pair.resource]);
    const known = alike.get(key) ?? [];
    if (known.some(({ condition }) => isPartOf(condition, pair.condition))) continue;
    const others = known.filter(({ condition }) => !isPartOf(pair.condition, condition));
    alike.set(key, [...others, pair]);
  }
  return [...alike.values()].flat();
}

/** Conditions are ANDed: under all of `fewer`, and perhaps more, nothing is allowed that is not under `fewer`. */
const isPartOf = (fewer: Conditions, more: Conditions): boolean =>
  conditionTexts(fewer).every((text) => conditionTexts(more).includes(text));

const conditionTexts = (condition: Conditions): string[] =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => JSON.stringify([operator, key, values])),
  );

const keyOf = (condition: Conditions): string => JSON.stringify(conditionTexts(condition).sort());

/** The bounds that stand on each Allow (boundAllows), if there are any and they are the same on all. */
function commonBounds(allows: readonly Statement[]): PolicyBounds | undefined {
  const [first, ...others] = allows.map(boundsOf);
  if (!first || Object.keys(first).length === 0) return undefined;
  const text = JSON.stringify(first);
  return others.every((bounds) => JSON.stringify(bounds) === text) ? first : undefined;
}

function boundsOf({ Condition = {} }: Statement): PolicyBounds {
  const notAfter = Condition.DateLessThan?.["aws:CurrentTime"];
  const sourceIp = Condition.IpAddress?.["aws:SourceIp"];
  return {
    ...(typeof notAfter === "string" && { notAfter: Date.parse(notAfter) / 1000 }),
    ...(typeof sourceIp === "string" && { sourceIp }),
  };
}

/** Only what boundAllows wrote, which is one text: a list under the same key is the configuration's own. */
function withoutBounds({ Condition, ...statement }: Statement): Statement {
  const condition: Conditions = {};
  for (const [operator, keys] of Object.entries({ ...Condition })) {
    const bound = boundKeys[operator];
    const left = Object.entries(keys).filter(([key, value]) => key !== bound || typeof value !== "string");
    if (left.length > 0) condition[operator] = Object.fromEntries(left);
  }
  return { ...statement, ...(Object.keys(condition).length > 0 && { Condition: condition }) };
}

const boundKeys: Readonly<Record<string, string>> = {
  DateLessThan: "aws:CurrentTime",
  IpAddress: "aws:SourceIp",
};

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

const oneOrList = (texts: readonly string[]): string | readonly string[] => {
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts;
};
