// The request context of an IAM decision and the condition keys the twin knows for each action.
// A key is known only where the twin knows what AWS would put there, or that AWS puts nothing: any other key denies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
import type { Caller } from "../model.js";

/** Lower-case condition key -> value. A list stands for a multivalued key. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** `unknown`: the twin cannot tell what AWS would see; `absent`: AWS would see nothing. */
export type ContextValue =
  | { readonly kind: "one"; readonly value: string }
  | { readonly kind: "many"; readonly values: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

export type Warn = (message: string) => void;

// A trailing slash stands for a family of keys: aws:PrincipalTag/team.
const globalKeys = [
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principaltag/",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:securetransport",
  "aws:sourceidentity",
  "aws:userid",
  "aws:username",
  "aws:viaawsservice",
];

const tagKeys = ["aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys"];
// The twin gives a caller's address to function URLs only.
const functionUrlKeys = ["aws:sourceip", "lambda:functionurlauthtype", "lambda:invokedviafunctionurl"];

// STS authorises the three actions of one AssumeRole call separately and gives each only keys of its own, so a
// statement on several of them with a condition that fits one denies the others.
const actionKeys: Readonly<Record<string, readonly string[]>> = {
  "sts:assumerole": ["sts:externalid", "sts:rolesessionname", "sts:sourceidentity", ...tagKeys],
  "sts:tagsession": tagKeys,
  "sts:setsourceidentity": ["sts:sourceidentity"],
  "lambda:invokefunctionurl": functionUrlKeys,
  "lambda:invokefunction": functionUrlKeys,
};

function isKnown(action: string, key: string): boolean {
  const keys = [...globalKeys, ...(actionKeys[action.toLowerCase()] ?? [])];
  return keys.some((known) =>
    known.endsWith("/") ? key.startsWith(known) && key.length > known.length : key === known,
  );
}

export function lookUp(context: Context, action: string, key: string): ContextValue {
  const name = key.toLowerCase();
  if (!isKnown(action, name)) return { kind: "unknown" };
  const value = Object.hasOwn(context, name) ? context[name] : undefined;
  if (value === undefined) return { kind: "absent" };
  return typeof value === "string" ? { kind: "one", value } : { kind: "many", values: value };
}

/** What every request of an assumed role's session carries. */
export function callerContext(caller: Caller, region: string, nowMs: number): Context {
  const tags = Object.entries(caller.tags).map(([key, value]): [string, string] => [
    `aws:principaltag/${key.toLowerCase()}`,
    value,
  ]);
  return {
    "aws:currenttime": new Date(nowMs).toISOString(),
    "aws:epochtime": String(Math.floor(nowMs / 1000)),
    "aws:principalaccount": caller.accountId,
    "aws:principalarn": caller.role.arn,
    "aws:principalisawsservice": "false",
    "aws:principaltype": "AssumedRole",
    "aws:requestedregion": region,
    // Function URLs and STS answer on TLS only; the twin's plain loopback socket stands for that.
    "aws:securetransport": "true",
    "aws:userid": caller.userId,
    "aws:viaawsservice": "false",
    ...(caller.sourceIdentity === undefined ? {} : { "aws:sourceidentity": caller.sourceIdentity }),
    ...Object.fromEntries(tags),
  };
}
