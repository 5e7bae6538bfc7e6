// Who is calling, where a route leaves that to a custom authorizer: identity sources -> a decision, kept or asked for ->
// a Principal. The decision is kept by authorizer, route, door and identity, and a policy is held against each call's own
// ARN, so that neither a caller nor a call gets what another was given.
import { createHmac } from "node:crypto";
import { readAnswer, whyNotAllowed, type AuthorizerDecision } from "./core/authorizer-answer.js";
import { authorizerCall, type AskedRequest, type AuthorizerCall } from "./core/authorizer-call.js";
import { authorizerEvent } from "./core/authorizer-event.js";
import { challengeSchemeOf, identityOf } from "./core/authorizer-identity.js";
import { secretsOf, withoutSecrets } from "./core/authorizer-secrets.js";
import type { Denial } from "./core/denial.js";
import type { Authorizer, Principal, RouteMatch } from "./core/model.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import type {
  AskedAuthorizer,
  Authorizers,
  AuthorizerSilence,
  BoundedMap,
  Clock,
  HeldDecision,
} from "./ports.js";

export interface Consultation {
  readonly authorizers: Authorizers;
  readonly decisions: BoundedMap<HeldDecision>;
  readonly clock: Clock;
  /** For the digests under which identities are kept and callers without a name are known; never leaves the process. */
  readonly secret: Buffer;
  /** Longest value of an identity source. */
  readonly identityBytes: number;
  /** Called once for each call of an authorizer: `allow`, or the reason of the refusal. */
  readonly onAsked?: (asked: AskedAuthorizer) => void;
}

export type ConsultAuthorizer = (
  authorizer: Authorizer,
  request: AskedRequest,
  match: RouteMatch,
  target: RequestTarget,
) => Promise<Result<Principal>>;

export function createConsultAuthorizer(parts: Consultation): ConsultAuthorizer {
  const { authorizers, decisions, clock, identityBytes } = parts;
  const inFlight = new Map<string, Promise<Result<AuthorizerDecision>>>();

  const digest = (...texts: readonly unknown[]): string =>
    createHmac("sha256", parts.secret).update(JSON.stringify(texts)).digest("base64url");

  return async (authorizer, request, match, target) => {
    const call = authorizerCall(request, match, target);
    const identity = identityOf(authorizer, call, identityBytes);
    if (!identity.ok) return identity;
    const decision = await decide(authorizer, call, identity.value);
    if (!decision.ok) return decision;
    const cause = whyNotAllowed(decision.value, call.arns);
    const { principal } = decision.value;
    if (cause !== undefined || !principal)
      return refuse({ reason: "authorizer_denied", cause: said(authorizer, cause ?? "it names nobody") });
    return hasEnded(principal, clock()) ? refuse(unauthorized(authorizer, endedCause)) : accept(principal);
  };

  function decide(
    authorizer: Authorizer,
    call: AuthorizerCall,
    identity: readonly string[],
  ): Promise<Result<AuthorizerDecision>> {
    if (authorizer.ttlSeconds === 0) return ask(authorizer, call, identity);
    const { route, door } = call.match;
    const key = digest("decision", authorizer.name, route.key, door, identity);
    const held = decisions.get(key);
    if (held && clock() < held.until) return Promise.resolve(accept(held.decision));
    return inFlight.get(key) ?? askOnce(key, authorizer, call, identity);
  }

  /** What comes meanwhile under the same key waits for the same answer. Only a decision is kept, never its failure. */
  function askOnce(
    key: string,
    authorizer: Authorizer,
    call: AuthorizerCall,
    identity: readonly string[],
  ): Promise<Result<AuthorizerDecision>> {
    const asked = ask(authorizer, call, identity)
      .then((decision) => {
        if (decision.ok)
          decisions.set(key, { decision: decision.value, until: endOf(decision.value, authorizer, clock()) });
        return decision;
      })
      .finally(() => inFlight.delete(key));
    inFlight.set(key, asked);
    return asked;
  }

  async function ask(
    authorizer: Authorizer,
    call: AuthorizerCall,
    identity: readonly string[],
  ): Promise<Result<AuthorizerDecision>> {
    const startedAt = clock();
    const event = authorizerEvent({ authorizer, call, identity, now: startedAt });
    const secrets = secretsOf(call, identity);
    const answer = await authorizers.ask(authorizer, event, secrets);
    const unnamed = identity.length > 0 ? digest("subject", authorizer.name, identity) : undefined;
    const decision = answer.ok
      ? read(authorizer, answer.value, unnamed)
      : refuse(denialOf(authorizer, answer.denial, secrets));
    parts.onAsked?.({
      authorizer: authorizer.name,
      outcome: decision.ok ? outcomeOf(decision.value, call) : decision.denial.reason,
      seconds: (clock() - startedAt) / 1000,
    });
    return decision;
  }
}

function read(
  authorizer: Authorizer,
  answer: unknown,
  unnamed: string | undefined,
): Result<AuthorizerDecision> {
  const decision = readAnswer(authorizer, answer, unnamed);
  return decision.ok
    ? decision
    : refuse({ reason: "authorizer_failed", cause: said(authorizer, decision.denial) });
}

const outcomeOf = (decision: AuthorizerDecision, { arns }: AuthorizerCall): string =>
  whyNotAllowed(decision, arns) === undefined ? "allow" : "authorizer_denied";

/** No later than the caller's own end: with the same key the authorizer may know him for longer by then. */
const endOf = ({ principal }: AuthorizerDecision, { ttlSeconds }: Authorizer, now: number): number =>
  Math.min(now + ttlSeconds * 1000, (principal?.expiresAt ?? Infinity) * 1000);

const hasEnded = ({ expiresAt }: Principal, now: number): boolean => now / 1000 >= expiresAt;

const endedCause = "the exp in its context has passed";

function denialOf(authorizer: Authorizer, silence: AuthorizerSilence, secrets: readonly string[]): Denial {
  if (silence.kind === "unauthorized") return unauthorized(authorizer, "it said Unauthorized");
  const cause = said(authorizer, withoutSecrets(silence.cause, secrets));
  return silence.kind === "failed"
    ? { reason: "authorizer_failed", cause }
    : { reason: "authorizer_unavailable", cause, retryAfterSeconds: silence.retryAfterSeconds };
}

const unauthorized = (authorizer: Authorizer, cause: string): Denial => ({
  reason: "authorizer_unauthorized",
  cause: said(authorizer, cause),
  scheme: challengeSchemeOf(authorizer),
});

const said = ({ name }: Authorizer, cause: string): string => `authorizer ${name}: ${cause}`;
