// RoleSession -> the credentials reply: one body that AWS SDKs read as container credentials, `credential_process`
// reads as its own, and a browser finds the function URL in.
import type { Reply } from "./core/inbound.js";
import { invocationPath } from "./core/invocation-path.js";
import type { Principal, RoleSession, Route, SessionSpec, Target } from "./core/model.js";

/** Says the earlier of two ends: the session's and the token's (design.md section 4). */
export function grant(route: Route, principal: Principal, spec: SessionSpec, session: RoleSession): Reply {
  const { accessKeyId, secretAccessKey, sessionToken } = session.credentials;
  const end = Math.min(session.expiration, Math.floor(principal.expiresAt) * 1000);
  const body = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Token: sessionToken,
    Expiration: new Date(end).toISOString().replace(/\.\d{3}Z$/, "Z"),
    Region: route.target.region,
    Service: route.target.service,
    FuncUrl: grantedUrl(route.target),
    RoleArn: spec.roleArn,
  };
  return {
    kind: "own",
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** Where the caller signs for: a function URL or a stage as it stands, or where Lambda takes the function's events. */
function grantedUrl(target: Target): string {
  switch (target.kind) {
    case "functionUrl":
      return `${target.origin}/`;
    case "executeApi":
      return `${target.origin}${target.basePath}/`;
    case "invoke":
      return `${target.origin}${invocationPath(target)}`;
  }
}
