// The /sts door: STS's query protocol, so that AWS_ENDPOINT_URL_STS and a token file are all that an SDK needs
// (docs/credentials.md). The same rules, session and limits as at the grant door; only the token's place and the words are STS's.
import type { AuthenticateToken } from "./authenticate-token.js";
import type { Authorize } from "./authorize.js";
import { authorizeWebIdentity } from "./authorize-web-identity.js";
import type { IdentifySigner } from "./caller-identity.js";
import type { Findings, Inbound, Reply } from "./core/inbound.js";
import type { RoleSession, Route, TokenPrincipal } from "./core/model.js";
import { headerValues } from "./core/raw-headers.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { stsResult, webIdentityChildren } from "./core/sts-answer.js";
import { checkFormHeaders, otherFormBytes, parseForm } from "./core/sts-form.js";
import { stsRefusal } from "./core/sts-refusal.js";
import { readStsRequest, type WebIdentityRequest } from "./core/sts-request.js";
import { expirationOf } from "./grant.js";
import type { LimitCalls } from "./limit-calls.js";
import type { ObtainSession } from "./obtain-session.js";
import type { BoundedMap, Clock } from "./ports.js";
import { createReadForm } from "./read-form.js";

export interface StsParts {
  readonly routes: readonly Route[];
  readonly authenticateToken: AuthenticateToken;
  readonly authorize: Authorize;
  readonly limitCalls?: LimitCalls | undefined;
  readonly obtainSession: ObtainSession;
  readonly callerIdentity: IdentifySigner;
  /** What was handed out, by access key id. */
  readonly handedOut: BoundedMap<RoleSession>;
  readonly clock: Clock;
  readonly tokenBytes: number;
  /** Of all request bodies together. */
  readonly bufferedBytes: number;
}

export interface StsCall {
  readonly inbound: Inbound;
  readonly target: RequestTarget;
  readonly findings: Findings;
}

export type Sts = (call: StsCall) => Promise<Result<Reply>>;

export const isStsPath = ({ segments }: RequestTarget): boolean => segments[0] === "sts";

/** What `/sts` may give sessions of: all of them; `/sts/{route name}`: that one. A custom authorizer reads no web identity token. */
export function stsRoutes(
  routes: readonly Route[],
  { segments: [, name, ...more] }: RequestTarget,
): readonly Route[] {
  if (more.length > 0) return [];
  return routes.filter(
    (route) => (name === undefined || route.name === name) && route.doors.has("grant") && !route.authorizer,
  );
}

export function createSts(parts: StsParts): Sts {
  const { tokenBytes, bufferedBytes, handedOut } = parts;
  const readForm = createReadForm({ formBytes: tokenBytes + otherFormBytes, bufferedBytes });

  return async (call) => {
    const { inbound, target, findings } = call;
    findings.door = "sts";
    const routes = stsRoutes(parts.routes, target);
    if (routes.length === 0) return refuse({ reason: "route_unknown" });
    const [named] = target.segments.length > 1 ? routes : [];
    if (named) findings.route = named;
    const head = checkHead(inbound, target);
    if (!head.ok) return head;

    // Here alone a body is read before its caller is authorised: it holds the credential. Hence the small bound.
    const body = await readForm(inbound.body);
    if (!body.ok) return body;
    const parameters = parseForm(body.value);
    if (!parameters.ok) return parameters;
    const request = readStsRequest(parameters.value, { tokenBytes });
    if (!request.ok) return request;
    return request.value.action === "GetCallerIdentity"
      ? callerIdentity(call, body.value)
      : assumeRole(call, request.value, routes);
  };

  async function assumeRole(
    { inbound, target, findings }: StsCall,
    request: WebIdentityRequest,
    routes: readonly Route[],
  ): Promise<Result<Reply>> {
    if (hasOtherToken(inbound)) return refuse(twoTokens);
    // A token that is bound to a key is refused, as it comes without the DPoP scheme: method and URI are a proof's.
    const presented = { scheme: "Bearer", token: request.webIdentityToken } as const;
    const { headers: rawHeaders, method, client } = inbound;
    const principal = await parts.authenticateToken(presented, { rawHeaders, method, uri: target.wire });
    if (!principal.ok) return principal;
    findings.principal = principal.value;

    const authorized = authorizeWebIdentity(
      { request, routes, principal: principal.value, now: parts.clock(), clientAddress: client.address },
      parts.authorize,
    );
    if (!authorized.ok) return authorized;
    const { spec } = authorized.value;
    findings.routes = authorized.value.routes.map(({ name }) => name);
    findings.spec = spec;
    const within = await withinLimits(authorized.value.routes, principal.value, inbound);
    if (!within.ok) return within;
    const session = await parts.obtainSession(spec, "grant", findings);
    if (!session.ok) return session;
    findings.session = session.value;
    handedOut.set(session.value.credentials.accessKeyId, session.value);
    const children = webIdentityChildren({
      session: session.value,
      expiration: expirationOf(principal.value, session.value),
      subject: principal.value.subject,
      provider: principal.value.issuer.issuer,
      audience: audienceOf(principal.value),
      sourceIdentity: spec.sourceIdentity,
    });
    return accept(stsResult(request.action, children, inbound.requestId));
  }

  async function withinLimits(
    routes: readonly Route[],
    principal: TokenPrincipal,
    { abandonment }: Inbound,
  ): Promise<Result<undefined>> {
    if (!parts.limitCalls) return accept(undefined);
    const matches = routes.map((route) => ({ route, door: "grant", params: {} }) as const);
    return parts.limitCalls(matches, principal, abandonment);
  }

  function callerIdentity({ inbound, target }: StsCall, body: Buffer): Result<Reply> {
    const identity = parts.callerIdentity(inbound, target, body);
    if (!identity.ok) return refuse({ reason: "sts_signature_refused", ...identity.denial });
    const { arn, userId, account } = identity.value;
    const children = [
      ["Arn", arn],
      ["UserId", userId],
      ["Account", account],
    ] as const;
    return accept(stsResult("GetCallerIdentity", children, inbound.requestId));
  }
}

function checkHead({ method, headers }: Inbound, { wire }: RequestTarget): Result<undefined> {
  if (method !== "POST") return refuse({ reason: "method_not_allowed", allow: ["POST"] });
  // What stands in a query is kept in many places (RFC 6750 2.3), and STS's clients put nothing there.
  if (wire.includes("?"))
    return refuse({ reason: "query_refused", cause: "/sts takes its parameters from a form" });
  return checkFormHeaders(headers);
}

/** A signature is passed over, as STS does: it is for other actions. */
const hasOtherToken = ({ headers }: Inbound): boolean =>
  headerValues(headers, "authorization").some((value) => !value.startsWith("AWS4-HMAC-SHA256 "));

const twoTokens = stsRefusal(
  "ValidationError",
  "The token belongs in WebIdentityToken alone; the Authorization header holds another.",
);

/** The one of the token's audiences that is meant here. */
function audienceOf({ claims: { aud, client_id: clientId }, issuer }: TokenPrincipal): string | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud ?? clientId];
  const audiences = named.filter((one) => typeof one === "string");
  return audiences.find((one) => issuer.audience?.includes(one)) ?? audiences[0];
}
