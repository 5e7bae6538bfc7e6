// What a custom authorizer answered -> a decision and the caller it vouches for. `context` becomes the caller's claims.
// What API Gateway would call a bad answer is one here, and never allows.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format-response
import type { MethodArns } from "./authorizer-arn.js";
import { parseAuthorizerPolicy, whyDenied, type AuthorizerPolicy } from "./authorizer-policy.js";
import { toCelMap } from "./cel-values.js";
import { frozen } from "./frozen.js";
import type { Authorizer, Claims, Principal } from "./model.js";
import { isNumericDate } from "./registered-claims.js";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject } from "./strict-json.js";

export interface AuthorizerDecision {
  /** A simple response decides for every call of the route; a policy for each by its own ARN. */
  readonly policy: AuthorizerPolicy | "allow" | "deny";
  /** Absent where a simple response denies. */
  readonly principal?: Principal;
}

/** Why a call is not allowed; nothing where it is. */
export function whyNotAllowed({ policy }: AuthorizerDecision, arns: MethodArns): string | undefined {
  if (policy === "allow") return undefined;
  return policy === "deny" ? "it answered isAuthorized: false" : whyDenied(policy, arns);
}

/**
 * `unnamed` names a caller for whom a simple response gives no `sub`; absent where nothing tells callers apart.
 * Refuses with a sentence for the operator.
 */
export function readAnswer(
  authorizer: Authorizer,
  answer: unknown,
  unnamed: string | undefined,
): Result<AuthorizerDecision, string> {
  if (!isJsonObject(answer)) return refuse("it answered no JSON object");
  const context = readContext(authorizer, answer.context);
  if (!context.ok) return context;
  return authorizer.simpleResponses
    ? readSimple(authorizer, answer.isAuthorized, context.value, unnamed)
    : readPolicy(authorizer, answer, context.value);
}

function readSimple(
  authorizer: Authorizer,
  isAuthorized: unknown,
  context: Claims,
  unnamed: string | undefined,
): Result<AuthorizerDecision, string> {
  if (typeof isAuthorized !== "boolean")
    return refuse("its answer has no isAuthorized that is true or false");
  if (!isAuthorized) return accept({ policy: "deny" });
  const named = [context.sub, context.principalId].find((each) => typeof each === "string" && each !== "");
  const subject = typeof named === "string" ? named : unnamed;
  if (subject === undefined)
    return refuse("its context has neither sub nor principalId, and no identity source tells callers apart");
  const principal = principalOf(authorizer, subject, context);
  return principal.ok ? accept({ policy: "allow", principal: principal.value }) : principal;
}

function readPolicy(
  authorizer: Authorizer,
  { principalId, policyDocument, isAuthorized }: Claims,
  context: Claims,
): Result<AuthorizerDecision, string> {
  if (isAuthorized !== undefined && policyDocument === undefined)
    return refuse("it answered isAuthorized, which counts with simpleResponses: true only");
  if (typeof principalId !== "string" || principalId === "")
    return refuse("its answer has no principalId that is text");
  const policy = parseAuthorizerPolicy(policyDocument);
  if (!policy.ok) return refuse(`its policyDocument ${policy.denial}`);
  const principal = principalOf(authorizer, principalId, context);
  return principal.ok ? accept({ policy: policy.value, principal: principal.value }) : principal;
}

/** Format 1.0 knows texts, numbers and true or false; 2.0 any JSON. Bounded as claims are. */
function readContext({ payloadVersion }: Authorizer, context: unknown): Result<Claims, string> {
  if (context === undefined || context === null) return accept({});
  if (!isJsonObject(context)) return refuse("its context is no object");
  const isPlain = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);
  if (payloadVersion === "1.0" && !Object.values(context).every(isPlain))
    return refuse("its context has a value that is neither text, number, true nor false");
  const bounded = toCelMap(context);
  return bounded.ok ? accept(context) : refuse(`its context holds ${bounded.denial}`);
}

function principalOf(authorizer: Authorizer, subject: string, context: Claims): Result<Principal, string> {
  const { exp } = context;
  if (typeof exp === "number" && !isNumericDate(exp))
    return refuse("its context has an exp that is no date in seconds");
  // An own member whatever its name, so that `__proto__` is a claim like any other.
  const claims = Object.fromEntries([...Object.entries(context), ["sub", subject]]);
  const expiresAt = typeof exp === "number" ? exp : Infinity;
  // Frozen, since one Principal serves every request that has the same decision. The context's depth is bounded by now.
  const principal = {
    issuer: authorizer,
    subject,
    claims: frozen(claims),
    expiresAt,
    scopes: new Set<string>(),
  };
  return accept(Object.freeze(principal));
}
