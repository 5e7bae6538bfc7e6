// A session takes one inline policy, so IAM cannot hold a caller's own beside ours: the two become one that allows only
// what both allow. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
// What lies only partly within ours is refused, never cut: a caller must know what he gets.
import { parseCallerPolicy, type CallerStatement } from "./caller-policy.js";
import { maxPolicyLength } from "./compile-policy.js";
import type { Conditions, Statement } from "./policy-bounds.js";
import { coversAction, coversResource, overlaps, withoutVariables } from "./policy-pattern.js";
import { accept, refuse, type Result } from "./result.js";

export interface PolicyFlaw {
  readonly kind: "malformed" | "wider" | "too_large";
  /** Quotes nothing of the caller's policy. */
  readonly cause: string;
}

/**
 * `granted`: a session policy of our own. `asked`: the `Policy` parameter of AssumeRoleWithWebIdentity.
 *
 * Each action on each resource that the caller allows must be covered by a statement of ours, whose Condition it gets
 * too; a Deny of his only narrows, and all of ours stay. Managed policies beside the session policy are not narrowed by
 * it: who passes some must refuse the caller's.
 */
export function narrowPolicy(granted: string, asked: string): Result<string, PolicyFlaw> {
  const parsed = parseCallerPolicy(asked);
  if (!parsed.ok) return refuse({ kind: "malformed", cause: parsed.denial });
  const ours = (JSON.parse(granted) as { readonly Statement: readonly Statement[] }).Statement;
  const allows = ours.filter(({ Effect }) => Effect === "Allow").map(grantOf);
  const statements: CallerStatement[] = [];
  for (const [at, statement] of parsed.value.entries()) {
    const narrowed =
      statement.Effect === "Deny" ? accept([statement]) : narrowAllow(statement, allows, `Statement[${at}]`);
    if (!narrowed.ok) return narrowed;
    statements.push(...narrowed.value);
  }
  return write([...statements.map(brief), ...ours.filter(({ Effect }) => Effect === "Deny").map(withoutSid)]);
}

function write(statements: readonly object[]): Result<string, PolicyFlaw> {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  if (policy.length <= maxPolicyLength) return accept(policy);
  const cause = `with the session's own conditions it has ${policy.length} characters; STS takes ${maxPolicyLength}`;
  return refuse({ kind: "too_large", cause });
}

/** An Allow of ours; its resources without variables. */
interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Conditions;
}

const grantOf = ({ Action, Resource, Condition = {} }: Statement): Grant => ({
  actions: [Action].flat(),
  resources: [Resource].flat().map(withoutVariables),
  condition: Condition,
});

/** What a grant has to do with one statement of the caller's. */
interface Reach {
  readonly grant: Grant;
  readonly covers: Extent;
  /** Worked out once it is asked for: seldom, and long patterns take their time. */
  readonly touches: () => Extent;
}

/** Each of the actions on each of the resources. */
interface Extent {
  readonly actions: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
}

const includes = ({ actions, resources }: Extent, action: string, resource: string): boolean =>
  actions.has(action) && resources.has(resource);

function narrowAllow(
  statement: CallerStatement,
  grants: readonly Grant[],
  path: string,
): Result<CallerStatement[], PolicyFlaw> {
  const { Action: actions, Resource: resources, Condition } = statement;
  if (!actions || !resources)
    return wider(`${path} allows what it does not name: NotAction and NotResource are for a Deny`);
  if (resources.some((resource) => resource.includes("$")))
    return wider(`${path}.Resource has a "$": a policy variable may stand for anything`);
  const reaches = grants.map((grant) => reachOf(grant, actions, resources));
  const flaw = extentFlaw(actions, resources, reaches);
  if (flaw !== undefined) return wider(`${path}${flaw}`);
  const narrowed: CallerStatement[] = [];
  for (const { grant, covers } of needed(reaches)) {
    const condition = bothConditions(Condition ?? {}, grant.condition);
    if (!condition.ok)
      return wider(
        `${path}.Condition gives ${condition.denial} other values than the session's own policy, and one statement cannot hold both`,
      );
    narrowed.push({
      Effect: "Allow",
      Action: [...covers.actions],
      Resource: [...covers.resources],
      Condition: condition.value,
    });
  }
  return accept(narrowed);
}

const wider = (cause: string) => refuse<PolicyFlaw>({ kind: "wider", cause });

function reachOf(grant: Grant, actions: readonly string[], resources: readonly string[]): Reach {
  const extent = (
    isAction: (ours: string, asked: string) => boolean,
    isResource: (ours: string, asked: string) => boolean,
  ): Extent => ({
    actions: new Set(actions.filter((asked) => grant.actions.some((ours) => isAction(ours, asked)))),
    resources: new Set(resources.filter((asked) => grant.resources.some((ours) => isResource(ours, asked)))),
  });
  const isTouched = (ours: string, asked: string) => overlaps(ours.toLowerCase(), asked.toLowerCase());
  let touched: Extent | undefined;
  return {
    grant,
    covers: extent(coversAction, coversResource),
    touches: () => (touched ??= extent(isTouched, overlaps)),
  };
}

/** Why not all that is asked lies within ours: the rest of a sentence that begins with the statement's path. */
function extentFlaw(
  actions: readonly string[],
  resources: readonly string[],
  reaches: readonly Reach[],
): string | undefined {
  for (const action of actions) {
    if (!reaches.some(({ covers }) => covers.actions.has(action)))
      return ".Action holds what the session may not do, or a pattern that goes beyond it";
    for (const resource of resources) {
      const covering = reaches.filter(({ covers }) => includes(covers, action, resource));
      if (covering.length === 0)
        return ".Resource holds what the session may not do that to, or a pattern that goes beyond it";
      const others = reaches.filter((reach) => !covering.some((each) => givesAsMuch(each, reach)));
      // Under which of the conditions would hang on the part, and one statement cannot say that.
      if (others.some(({ touches }) => includes(touches(), action, resource)))
        return " is in part within what the session may do under another condition: name that apart";
    }
  }
  return undefined;
}

const isEmpty = (condition: Conditions): boolean => Object.keys(condition).length === 0;

/** Where both cover: nothing is allowed under the second's condition that is not under the first's. */
const givesAsMuch = ({ grant: { condition } }: Reach, other: Reach): boolean =>
  isEmpty(condition) || JSON.stringify(condition) === JSON.stringify(other.grant.condition);

/** Those that cover anything which the others do not, the ones without a condition first. */
function needed(reaches: readonly Reach[]): Reach[] {
  const kept: Reach[] = [];
  const isFree = ({ grant }: Reach): boolean => isEmpty(grant.condition);
  for (const reach of [...reaches.filter(isFree), ...reaches.filter((each) => !isFree(each))]) {
    const others = kept.filter((other) => givesAsMuch(other, reach));
    const isNew = (action: string): boolean =>
      [...reach.covers.resources].some(
        (resource) => !others.some(({ covers }) => includes(covers, action, resource)),
      );
    if ([...reach.covers.actions].some(isNew)) kept.push(reach);
  }
  return kept;
}

/** Conditions of one statement must hold all. Refuses with the operator and key that both have. */
function bothConditions(asked: Conditions, ours: Conditions): Result<Conditions, string> {
  const both: Conditions = { ...asked };
  for (const [operator, keys] of Object.entries(ours)) {
    const block = { ...both[operator] };
    for (const [key, values] of Object.entries(keys)) {
      const same = Object.keys(block).find((each) => each.toLowerCase() === key.toLowerCase());
      if (same === undefined) block[key] = values;
      else if (!hasSameValues(block[same], values)) return refuse(`${operator} ${key}`);
    }
    both[operator] = block;
  }
  return accept(both);
}

type Values = string | readonly string[];

const hasSameValues = (a: Values | undefined, b: Values): boolean => {
  const [left, right] = [new Set([a].flat()), new Set([b].flat())];
  return left.size === right.size && [...right].every((value) => left.has(value));
};

/** As short as IAM lets it be: one text in place of a list of one, and no empty Condition. */
function brief({ Condition = {}, ...elements }: CallerStatement): object {
  const shorten = (members: object): object =>
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, one(value)]));
  const conditions = Object.entries(Condition).map(([operator, keys]) => [operator, shorten(keys)] as const);
  return {
    ...shorten(elements),
    ...(conditions.length === 0 ? {} : { Condition: Object.fromEntries(conditions) }),
  };
}

const one = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** Ours and the caller's may be called the same. */
const withoutSid = ({ Sid: _, ...statement }: Statement): Omit<Statement, "Sid"> => statement;
