// The narrowed policy before the local AWS's own evaluator, on a role that may do everything: it allows exactly what the
// session's policy and the caller's both allow.
import fc from "fast-check";
import { evaluate } from "../../deploy/local/aws/iam/evaluate.js";
import { parsePolicyText } from "../../deploy/local/aws/iam/parse-policy.js";
import type { PolicyDocument } from "../../deploy/local/aws/model.js";
import { narrowPolicy } from "../../server/core/narrow-policy.js";
import { accepted } from "../fixtures/outcome.js";

const everything: PolicyDocument = {
  statements: [{ effect: "Allow", actions: ["*"], resources: ["*"], conditions: [] }],
};

const arn = (name: string): string => `arn:aws:lambda:eu:1:f:${name}`;
const actionPatterns = [
  "*",
  "lambda:*",
  "lambda:Get*",
  "Lambda:getfunction",
  "lambda:GetFunctio?",
  "lambda:GetPolicy",
];
const resourcePatterns = ["*", arn("*"), arn("a*"), arn("a"), arn("a:*"), arn("a:live"), arn("?"), arn("b")];
const actions = [
  "lambda:GetFunction",
  "lambda:GetPolicy",
  "lambda:ListAliases",
  "lambda:GetFunctions",
  "s3:GetObject",
];
const resources = [arn("a"), arn("b"), arn("a:live"), arn("ab"), arn("a*"), arn("ab:live"), "arn:aws:s3:::a"];

const values = fc.constantFrom<string | string[]>("red", "blue", ["red", "blue"], "r*", "true");
const keys = fc.constantFrom("aws:PrincipalTag/team", "aws:principaltag/Team", "aws:SourceIdentity");
const operators = fc.constantFrom(
  "StringEquals",
  "StringLike",
  "StringNotEquals",
  "StringLikeIfExists",
  "Null",
);
const conditions = fc.dictionary(operators, fc.dictionary(keys, values, { minKeys: 1, maxKeys: 1 }), {
  maxKeys: 2,
});
const maybe = (conditioned: typeof conditions) =>
  fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: conditioned });

const some = (items: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 2 });
const allow = (actionList: readonly string[], resourceList: readonly string[]) =>
  fc.record({
    Effect: fc.constant("Allow"),
    Action: some(actionList),
    Resource: some(resourceList),
    Condition: maybe(conditions),
  });
const deny = fc.record({
  Effect: fc.constant("Deny"),
  Action: some(actionPatterns.slice(2)),
  Resource: some(resourcePatterns.slice(2)),
  Condition: conditions,
});
const denyOther = fc.record({
  Effect: fc.constant("Deny"),
  NotAction: some(actionPatterns),
  NotResource: some(resourcePatterns),
  Condition: conditions,
});
const policyOf = (...statements: fc.Arbitrary<object>[]) =>
  fc.tuple(...statements).map((list) => JSON.stringify({ Version: "2012-10-17", Statement: list.flat() }));
const list = (statement: fc.Arbitrary<object>, most: number) =>
  fc.array(statement, { minLength: 1, maxLength: most });

const granted = policyOf(
  list(allow([...actionPatterns.slice(0, 3), "lambda:GetPolicy"], [...resourcePatterns, arn("a${*}")]), 4),
  fc.array(deny, { maxLength: 1 }),
);
const asked = policyOf(
  list(allow(actionPatterns, resourcePatterns), 2),
  fc.array(fc.oneof(deny, denyOther), { maxLength: 1 }),
);

const contexts = ["red", "rust", undefined].flatMap((team) =>
  ["red", undefined].map((identity) => ({
    ...(team === undefined ? {} : { "aws:principaltag/team": team }),
    ...(identity === undefined ? {} : { "aws:sourceidentity": identity }),
  })),
);
const requests = actions.flatMap((action) =>
  resources.flatMap((resource) => contexts.map((context) => ({ action, resource, context }))),
);

const allowedBy = (text: string): boolean[] => {
  const session = accepted(parsePolicyText(text, "session"));
  return requests.map(
    (request) => evaluate(request, { identity: [everything], session }, () => undefined).allowed,
  );
};

test("it allows what both allow: never more, and never less", () => {
  const seen = { taken: 0, allowed: 0, denied: 0, refused: 0 };
  fc.assert(
    fc.property(granted, asked, (ours, theirs) => {
      const narrowed = narrowPolicy(ours, theirs);
      if (!narrowed.ok) {
        seen.refused++;
        expect(narrowed.denial.kind).toBe("wider");
        return;
      }
      seen.taken++;
      const [byOurs, byTheirs, byBoth] = [allowedBy(ours), allowedBy(theirs), allowedBy(narrowed.value)];
      for (const [index, request] of requests.entries()) {
        const expected = byOurs[index] === true && byTheirs[index] === true;
        if (byBoth[index] !== expected)
          throw new Error(`${narrowed.value} ${expected ? "denies" : "allows"} ${JSON.stringify(request)}`);
        seen[expected ? "allowed" : "denied"]++;
      }
    }),
    { numRuns: 400 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});
