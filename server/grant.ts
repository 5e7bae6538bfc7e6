// RoleSession -> the credentials reply: one body that AWS SDKs read as container credentials, `credential_process`
// reads as its own, and a browser finds the function URL in.
import { arnParts } from "./core/arn.js";
import type { Reply } from "./core/inbound.js";
import type { Principal, RoleSession, Route, SessionSpec } from "./core/model.js";
import { targetUrl } from "./core/target-url.js";

/** The earlier of two ends, the session's and the token's (docs/credentials.md), as RFC 3339 has it. */
export function expirationOf(principal: Principal, session: RoleSession): string {
  const end = Math.min(session.expiration, Math.floor(principal.expiresAt) * 1000);
  return new Date(end).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export type Grant = typeof grant;

export function grant(route: Route, principal: Principal, spec: SessionSpec, session: RoleSession): Reply {
  const { accessKeyId, secretAccessKey, sessionToken } = session.credentials;
  const body = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Token: sessionToken,
    Expiration: expirationOf(principal, session),
    Region: route.target.region,
    Service: route.target.service,
    FuncUrl: targetUrl(route.target),
    RoleArn: spec.roleArn,
    AccountId: accountOf(session),
  };
  return {
    kind: "own",
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
const accountOf = ({ assumedRoleArn }: RoleSession): string => arnParts(assumedRoleArn).accountId;
