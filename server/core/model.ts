// The nouns of the way through, as the configuration compiles to them and the steps pass them on.
import type { Expression } from "./cel.js";
import type { Cors } from "./cors.js";
import type { RoleArnTemplate } from "./role-arn.js";
import type { StatementTemplate } from "./session-policy.js";

/** Verified or unverified claims of a JWT (RFC 7519 section 4): a JSON object. */
export type Claims = Readonly<Record<string, unknown>>;

/** JWS algorithms an issuer may be allowed (RFC 7518 section 3.1): asymmetric ones only. */
export const signingAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A trusted issuer (OpenID Connect Discovery 1.0). */
export interface Issuer extends Voucher {
  /** Any one of these must be in `aud`; `null` says that the check is off on purpose. */
  readonly audience: readonly string[] | null;
  /** Where the token has no `aud`, its `client_id` stands in (Cognito's access tokens). */
  readonly clientIdAsAudience: boolean;
  readonly algorithms: readonly SigningAlgorithm[];
  /** Where the keys are; discovered when absent. */
  readonly jwksUri?: string;
  /** CEL over `claims`; anything but `true` refuses the token. */
  readonly accept?: Expression;
  readonly clockToleranceSeconds: number;
  /** RFC 9449: whether a token must be bound to a key of the caller's. A bound one is never taken without its proof. */
  readonly dpop: "accepted" | "required";
  /** RFC 9449 9: a proof must carry a nonce of ours. */
  readonly dpopNonce: boolean;
}

/** Who vouches for a caller: a trusted issuer, or a custom authorizer. */
export interface Voucher {
  /** Short alias for session names and logs. */
  readonly name: string;
  /** The `iss` claim, or an authorizer's URN: with the subject it tells callers apart. */
  readonly issuer: string;
}

/** A Lambda authorizer as API Gateway has them. */
export interface Authorizer extends Voucher {
  /** The function is called by the Invoke API; the module runs in a thread of this process. */
  readonly source: LambdaAuthorizerSource | ModuleAuthorizerSource;
  readonly payloadVersion: "1.0" | "2.0";
  /** token: the event has one text from one header (REST). request: the whole request but its body. */
  readonly type: "request" | "token";
  /** Whose form an event 1.0 has, as the spelling of the identity sources tells: a REST API's or an HTTP API's. */
  readonly api: "rest" | "http";
  /** A request that lacks one is refused without a call; the decision is kept under all of them. */
  readonly identitySources: readonly IdentitySource[];
  /** 0: each call is asked anew. */
  readonly ttlSeconds: number;
  /** It answers `{ isAuthorized, context }`, with payload version 2.0 only. */
  readonly simpleResponses: boolean;
  /** The same in each of its events. */
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface LambdaAuthorizerSource {
  readonly kind: "lambda";
  /** With its version or alias, if it is called by one. */
  readonly functionArn: string;
  readonly region: string;
  /** Where Lambda's API is: scheme, host and port. */
  readonly origin: string;
}

export interface ModuleAuthorizerSource {
  readonly kind: "module";
  /** Absolute path. */
  readonly file: string;
}

export interface IdentitySource {
  readonly from: "header" | "querystring" | "context";
  /** A header's is in lower case; of the context: `routeKey`, `httpMethod` or `identity.sourceIp`. */
  readonly name: string;
}

/** A verified caller. For a call it is made by verify-token.ts and core/authorizer-answer.ts, and by nothing else. */
export interface Principal {
  readonly issuer: Voucher;
  /** The `sub` claim. */
  readonly subject: string;
  readonly claims: Claims;
  /** The `exp` claim: seconds since 1970-01-01T00:00:00Z. Infinity where an authorizer named none. */
  readonly expiresAt: number;
  /** From `scope` (RFC 8693 4.2) or `scp`; none where an authorizer vouches. */
  readonly scopes: ReadonlySet<string>;
}

/** A caller whose token an issuer signed. */
export interface TokenPrincipal extends Principal {
  readonly issuer: Issuer;
}

/** One line of the claims -> role table. */
export interface RoleRule {
  readonly name: string;
  readonly when: Expression;
  /** An ARN, or one with slots and the pattern that the filled one must match. */
  readonly roleArn: string | RoleArnTemplate;
  /** Absent: made of the issuer's name and `sub`. */
  readonly sessionName?: Expression;
  /** Absent: the same as the session name. `null`: none is sent. */
  readonly sourceIdentity?: Expression | null;
  readonly tags: readonly { readonly key: string; readonly value: Expression }[];
  readonly transitiveTagKeys: readonly string[];
  readonly durationSeconds: number;
  readonly externalId?: string;
  /** Statements added for granted credentials. */
  readonly policy: readonly StatementTemplate[];
  /** Managed policies added for granted credentials. */
  readonly policyArns: readonly string[];
  /** Granted credentials work from the caller's own address only. */
  readonly bindSourceIp: boolean;
  /** What readiness asks for the role with, where a trust policy does not take any value. `null`: it does not ask. */
  readonly probe?: {
    readonly sourceIdentity?: string;
    readonly tags: Readonly<Record<string, string>>;
  } | null;
}

/** Where a call goes and how it is signed, whatever the kind of target. */
interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Value of the Host header: what is signed and what is sent. */
  readonly host: string;
  readonly region: string;
  /** SigV4 service name: `lambda` or `execute-api`. */
  readonly service: string;
}

/** A Lambda function URL with AuthType AWS_IAM; it has no path of its own. */
export interface FunctionUrlTarget extends Endpoint {
  readonly kind: "functionUrl";
  /** The ARN the URL belongs to, with the alias if it hangs on one. */
  readonly functionArn: string;
}

/** A stage of an API Gateway API with IAM authorization. */
export interface ExecuteApiTarget extends Endpoint {
  readonly kind: "executeApi";
  /** Stands before the caller's path: `/prod`, or empty where the stage is not in the path. No slash at the end. */
  readonly basePath: string;
  /** `arn:aws:execute-api:eu-west-1:123456789012:abc123/prod`; the account may be `*`. */
  readonly stageArn: string;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, and InvokeWithResponseStream. */
export const invokeModes = ["RequestResponse", "Event", "DryRun", "ResponseStream"] as const;
export type InvokeMode = (typeof invokeModes)[number];

/** A Lambda function behind the Invoke API. */
export interface InvokeTarget extends Endpoint {
  readonly kind: "invoke";
  /** With its version or alias, if it is called by one. */
  readonly functionArn: string;
  readonly mode: InvokeMode;
  /** The body is the event and the payload is the answer, as they are. */
  readonly raw: boolean;
  /** The function's last 4 KB of log go to our log. */
  readonly logTail: boolean;
  /** CEL: `X-Amz-Tenant-Id`. */
  readonly tenantId?: Expression;
}

export type Target = FunctionUrlTarget | ExecuteApiTarget | InvokeTarget;

/** grant: hand the session to the caller. proxy: sign and relay the call. */
export type Door = "grant" | "proxy";

/** A segment of a route key: `reports`, `{id}` or `{proxy+}`. */
export type RouteSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "greedy"; readonly name: string };

/** A configured way to an upstream. */
export interface Route {
  /** The route key as written: `ANY /reports/{proxy+}` or `$default`. */
  readonly key: string;
  /** The configured name, else the key. Used for /grant/{name}, logs and metrics. */
  readonly name: string;
  /** An upper-case method, or `ANY`. */
  readonly method: string;
  /** `undefined` for `$default`, which matches any path. */
  readonly segments: readonly RouteSegment[] | undefined;
  readonly roles: readonly RoleRule[];
  /** Decides in place of the issuers who the caller is. Absent: an OIDC token does. */
  readonly authorizer?: Authorizer;
  /** The caller needs at least one; empty: none needed. */
  readonly scopes: readonly string[];
  readonly target: Target;
  readonly doors: ReadonlySet<Door>;
  /** For the whole call. */
  readonly timeoutMs: number;
  /** Between bytes of an answer that has begun. Absent: `timeoutMs` alone. */
  readonly idleTimeoutMs?: number;
  /** How often a silent `text/event-stream` gets a comment line. Absent: never. */
  readonly heartbeatMs?: number;
  /** Absent: the gateway says nothing about CORS on this route, and the function's own fields pass. */
  readonly cors?: Cors;
  /** The answer's `x-amzn-remapped-NAME` becomes `NAME` again. */
  readonly restoreRemappedHeaders: boolean;
  /** Set on the relayed request; inbound headers of these names are removed. Names are lower case. */
  readonly headers: readonly { readonly name: string; readonly value: Expression }[];
}

/** A route together with what its path parameters matched, percent-decoded. */
export interface RouteMatch {
  readonly route: Route;
  readonly door: Door;
  readonly params: Readonly<Record<string, string>>;
}

/** What AssumeRole is asked for, and whom it is for. The session cache's key is all of it. */
export interface SessionSpec {
  /** Never sent; keeps two callers apart even where everything sent is equal. */
  readonly caller: { readonly issuer: string; readonly subject: string };
  /** Name of the rule that matched, for the log. */
  readonly rule: string;
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly sourceIdentity?: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly durationSeconds: number;
  readonly externalId?: string;
  /** The session policy as JSON text. */
  readonly policy: string;
  /** Managed session policies beside it: the session may do what either allows, and the role too. */
  readonly policyArns: readonly string[];
  /** Granted credentials end here at the latest: the token's `exp` in epoch seconds. */
  readonly notAfter?: number;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What STS returned for a SessionSpec. */
export interface RoleSession {
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly expiration: number;
  readonly assumedRoleArn: string;
  /** `AROA...:session-name`, which functions read as the caller's user id; absent where STS does not say. */
  readonly assumedRoleId?: string;
  /** AssumeRole's own request id: joins our log with CloudTrail. */
  readonly requestId: string;
  /** How much of STS's room for policy and tags (or for the token) is used, in percent; absent where STS does not say. */
  readonly packedPolicySize?: number;
}
