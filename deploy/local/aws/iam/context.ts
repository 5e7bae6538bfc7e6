// The request context of an IAM decision and the condition keys the twin knows for each action.
// A key is known only where the twin knows what AWS would put there, or that AWS puts nothing: any other key denies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
import type { Caller, Principal } from "../model.js";

/** Lower-case condition key -> value. A list stands for a multivalued key. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** `unknown`: the twin cannot tell what AWS would see; `absent`: AWS would see nothing. */
export type ContextValue =
  | { readonly kind: "one"; readonly value: string }
  | { readonly kind: "many"; readonly values: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

export type Warn = (message: string) => void;

// A trailing slash stands for a family of keys: aws:PrincipalTag/team. Left out, since what AWS would put there hangs
// on things the twin does not have: aws:PrincipalOrgID, aws:MultiFactorAuthPresent, aws:SourceVpc, aws:ResourceTag/.
const globalKeys = [
  "aws:CalledVia",
  "aws:CalledViaFirst",
  "aws:CalledViaLast",
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:FederatedProvider",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalIsAWSService",
  "aws:PrincipalServiceName",
  "aws:PrincipalServiceNamesList",
  "aws:PrincipalTag/",
  "aws:PrincipalType",
  "aws:RequestedRegion",
  "aws:SecureTransport",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:SourceIdentity",
  "aws:SourceOwner",
  "aws:TokenIssueTime",
  "aws:userid",
  "aws:username",
  "aws:ViaAWSService",
];

interface ActionKeys {
  /** Keys that AWS gives to requests for the action; what the request does not have is absent there too. */
  readonly gives: readonly string[];
  /** Keys of another action that AWS does not give to this one. */
  readonly lacks?: readonly string[];
  /** Global keys that AWS may or may not give to this one. */
  readonly unsure?: readonly string[];
}

const tagKeys = ["aws:RequestTag/", "aws:TagKeys", "sts:TransitiveTagKeys"];
// What of a token's subject, who is not yet a principal of AWS, a trust policy sees under these is not documented.
const principalKeys = [
  ...["aws:FederatedProvider", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalTag/"],
  ...["aws:PrincipalType", "aws:SourceIdentity", "aws:TokenIssueTime", "aws:userid", "aws:username"],
];
const callKeys = ["aws:SourceIp", "aws:ResourceAccount"];

// STS authorises the three actions of one AssumeRole call separately and gives each only keys of its own, so a
// statement on several of them with a condition that fits one denies the others.
const actionKeys: Readonly<Record<string, ActionKeys>> = {
  "sts:AssumeRole": { gives: ["sts:ExternalId", "sts:RoleSessionName", "sts:SourceIdentity", ...tagKeys] },
  "sts:AssumeRoleWithWebIdentity": {
    gives: ["sts:RoleSessionName", "sts:SourceIdentity", ...tagKeys],
    unsure: principalKeys,
  },
  "sts:TagSession": { gives: tagKeys },
  "sts:SetSourceIdentity": { gives: ["sts:SourceIdentity"] },
  "sts:GetCallerIdentity": { gives: [] },
  "lambda:InvokeFunctionUrl": {
    gives: ["lambda:FunctionUrlAuthType", "lambda:EventSourceToken", ...callKeys],
    lacks: ["lambda:InvokedViaFunctionUrl"],
  },
  "lambda:InvokeFunction": {
    gives: ["lambda:InvokedViaFunctionUrl", "lambda:EventSourceToken", ...callKeys],
    lacks: ["lambda:FunctionUrlAuthType"],
  },
  "execute-api:Invoke": { gives: callKeys },
};

const knownKeys = new Map(
  Object.entries(actionKeys).map(([action, { gives, lacks = [], unsure = [] }]) => [
    action.toLowerCase(),
    [...globalKeys.filter((key) => !unsure.includes(key)), ...gives, ...lacks].map((key) =>
      key.toLowerCase(),
    ),
  ]),
);
const keysOfAnyAction = globalKeys.map((key) => key.toLowerCase());

/** The actions whose requests carry a key; none for a key that is not an action's own. */
export const actionsGiven = (key: string): string[] =>
  Object.entries(actionKeys)
    .filter(([, { gives }]) => gives.some((given) => given.toLowerCase() === key.toLowerCase()))
    .map(([action]) => action);

function isKnown(action: string, key: string): boolean {
  return (knownKeys.get(action.toLowerCase()) ?? keysOfAnyAction).some((known) =>
    known.endsWith("/") ? key.startsWith(known) && key.length > known.length : key === known,
  );
}

/** The claims that a trust policy may ask for: `login.example.com/path:sub`. */
function isClaimOfProvider(context: Context, key: string): boolean {
  const provider = /^(.+):(?:amr|aud|sub)$/.exec(key)?.[1];
  return provider !== undefined && Object.hasOwn(context, `${provider}:sub`);
}

/** A key that the request has is known: whoever made the context knew it. */
export function lookUp(context: Context, action: string, key: string): ContextValue {
  const name = key.toLowerCase();
  const value = Object.hasOwn(context, name) ? context[name] : undefined;
  if (value === undefined)
    return isKnown(action, name) || isClaimOfProvider(context, name)
      ? { kind: "absent" }
      : { kind: "unknown" };
  return typeof value === "string" ? { kind: "one", value } : { kind: "many", values: value };
}

const requestFacts = (region: string, nowMs: number): Context => ({
  "aws:currenttime": new Date(nowMs).toISOString(),
  "aws:epochtime": String(Math.floor(nowMs / 1000)),
  "aws:requestedregion": region,
  // Function URLs and STS answer on TLS only; the twin's plain loopback socket stands for that.
  "aws:securetransport": "true",
  "aws:viaawsservice": "false",
});

/** What every request of an assumed role's session carries. */
export function callerContext(caller: Caller, region: string, nowMs: number): Context {
  return {
    ...requestFacts(region, nowMs),
    "aws:principalaccount": caller.accountId,
    "aws:principalarn": caller.role.arn,
    "aws:principalisawsservice": "false",
    "aws:principaltype": "AssumedRole",
    "aws:tokenissuetime": new Date(caller.issuedAt).toISOString(),
    "aws:userid": caller.userId,
    ...(caller.sourceIdentity === undefined ? {} : { "aws:sourceidentity": caller.sourceIdentity }),
    ...(caller.federatedProvider === undefined ? {} : { "aws:federatedprovider": caller.federatedProvider }),
    // A session's tag stands over the role's tag of the same name, in whatever case.
    ...principalTags(caller.role.tags ?? {}),
    ...principalTags(caller.tags),
  };
}

const principalTags = (tags: Readonly<Record<string, string>>): Context =>
  Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:principaltag/${key.toLowerCase()}`, value] as const),
  );

/** What every request carries, whoever makes it. A token's claims are STS's to add. */
export function principalContext(principal: Principal, region: string, nowMs: number): Context {
  const facts = { ...requestFacts(region, nowMs), "aws:principalisawsservice": "false" };
  switch (principal.kind) {
    case "session":
      return callerContext(principal.caller, region, nowMs);
    case "federated":
      return facts;
    case "service":
      return { ...facts, "aws:principalisawsservice": "true", "aws:principalservicename": principal.name };
    case "anonymous":
      return { ...facts, "aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous" };
  }
}
