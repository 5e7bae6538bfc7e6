import { readAnswer, whyNotAllowed } from "../../server/core/authorizer-answer.js";
import { authorizerWith, callOf, policyOf, restAuthorizer, statement } from "../fixtures/authorizer.js";
import { accepted, refused } from "../fixtures/outcome.js";

const rest = restAuthorizer();
const simple = authorizerWith();
const policyDocument = policyOf(statement("Allow", "*"));
const { arns } = callOf("/partner/a");

test("a policy's principalId is the caller, and claims.sub, whatever the context says", () => {
  const context = { sub: "somebody else", tenant: "acme", count: 3, isGood: true };
  const answer = { principalId: "partner-7", policyDocument, context, usageIdentifierKey: "k" };
  const decision = accepted(readAnswer(rest, answer, "digest"));
  expect(decision.principal).toEqual({
    issuer: rest,
    subject: "partner-7",
    claims: { sub: "partner-7", tenant: "acme", count: 3, isGood: true },
    expiresAt: Infinity,
    scopes: new Set(),
  });
  expect(whyNotAllowed(decision, arns)).toBeUndefined();
});

test("with 2.0 and no simple responses a policy is the answer too, and the context may be any JSON", () => {
  const authorizer = authorizerWith({ simpleResponses: false });
  const context = { list: ["a"], map: { a: "b" } };
  const { principal } = accepted(
    readAnswer(authorizer, { principalId: "p", policyDocument, context }, undefined),
  );
  expect(principal?.claims).toEqual({ ...context, sub: "p" });
});

test.each([
  ["sub", { sub: "a", principalId: "b" }, "a"],
  ["principalId, where sub is no text", { sub: 7, principalId: "b" }, "b"],
  ["the digest, where neither is", { principalId: "" }, "digest"],
])("a simple response names its caller by %s", (_, context, subject) => {
  const decision = accepted(readAnswer(simple, { isAuthorized: true, context }, "digest"));
  expect(decision.principal).toMatchObject({ subject, claims: { sub: subject } });
  expect(whyNotAllowed(decision, arns)).toBeUndefined();
});

test.each([{ isAuthorized: false }, { isAuthorized: false, context: null }])("%j denies", (answer) => {
  const decision = accepted(readAnswer(simple, answer, undefined));
  expect(decision.principal).toBeUndefined();
  expect(whyNotAllowed(decision, arns)).toContain("isAuthorized: false");
});

test("a number exp is the caller's end, and other ones are claims", () => {
  const end = (exp: unknown) =>
    accepted(readAnswer(simple, { isAuthorized: true, context: { exp } }, "d")).principal?.expiresAt;
  expect([end(1_900_000_000), end(253_402_300_799), end("1900000000")]).toEqual([
    1_900_000_000,
    253_402_300_799,
    Infinity,
  ]);
});

test("__proto__ is a claim like any other, and nothing of a kept caller can be changed", () => {
  const answer: unknown = JSON.parse('{"isAuthorized":true,"context":{"__proto__":{"a":["b"]},"list":[{}]}}');
  const { principal } = accepted(readAnswer(simple, answer, "d"));
  const claims = principal?.claims ?? {};
  expect(Object.keys(claims)).toEqual(["__proto__", "list", "sub"]);
  expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
  expect(Object.isFrozen(claims) && Object.isFrozen((claims.list as unknown[])[0])).toBe(true);
});

const nested = (depth: number): unknown => (depth === 0 ? "x" : [nested(depth - 1)]);
const named = { principalId: "p", policyDocument };
test.each([
  ["null", rest, null, "no JSON object"],
  ["a text", rest, "allow", "no JSON object"],
  ["a list", rest, [], "no JSON object"],
  ["no principalId", rest, { policyDocument }, "principalId"],
  ["an empty principalId", rest, { ...named, principalId: "" }, "principalId"],
  ["no policy", rest, { principalId: "p" }, "policyDocument is missing"],
  [
    "a condition",
    rest,
    { ...named, policyDocument: policyOf(statement("Allow", "*", { Condition: {} })) },
    "Condition",
  ],
  ["a simple response where none counts", rest, { isAuthorized: true }, "simpleResponses: true"],
  ["isAuthorized as text", simple, { isAuthorized: "true" }, "true or false"],
  ["a policy where a simple response counts", simple, named, "isAuthorized"],
  ["a context that is a list", rest, { ...named, context: [] }, "no object"],
  ["a map in a context of 1.0", rest, { ...named, context: { a: {} } }, "neither text"],
  ["null in a context of 1.0", rest, { ...named, context: { a: null } }, "neither text"],
  ["a context that is too deep", simple, { isAuthorized: true, context: { a: nested(11) } }, "deeper"],
  [
    "a context of too many values",
    simple,
    { isAuthorized: true, context: { a: Array(1100).fill(1) } },
    "more than",
  ],
  ["an exp in milliseconds", rest, { ...named, context: { exp: 1_900_000_000_000 } }, "exp"],
  ["an exp before 1970", simple, { isAuthorized: true, context: { exp: -1 } }, "exp"],
])("%s is no answer", (_, authorizer, answer, sentence) => {
  expect(refused(readAnswer(authorizer, answer, "d"))).toContain(sentence);
});

test("without sources and without a name there is no caller", () => {
  expect(refused(readAnswer(simple, { isAuthorized: true }, undefined))).toContain(
    "neither sub nor principalId",
  );
});
