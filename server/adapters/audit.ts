// The audit line: one for each session that STS gave, when it was given, however many calls it serves then. It says who got
// which session by which rule and for which routes, and joins with CloudTrail by the AssumeRole request id and the access
// key id. The policy itself and what is secret of a session stand in no line.
import { hash } from "node:crypto";
import type { Clock, IssuedSession } from "../ports.js";
import type { Log } from "./log.js";

export function createAudit({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
  return (issued: IssuedSession): void => log.info(auditFields(issued, clock()), "session issued");
}

function auditFields({ spec, session, findings }: IssuedSession, now: number): Record<string, unknown> {
  return {
    requestId: findings?.requestId,
    traceId: findings?.trace?.traceId,
    issuer: findings?.principal?.issuer.name ?? spec.caller.issuer,
    subject: spec.caller.subject,
    door: findings?.door,
    routes: findings?.routes ?? (findings?.route && [findings.route.name]),
    rule: spec.rule,
    roleArn: spec.roleArn,
    roleSessionName: spec.roleSessionName,
    sourceIdentity: spec.sourceIdentity,
    tags: Object.fromEntries(spec.tags.map(({ key, value }) => [key, value])),
    transitiveTagKeys: spec.transitiveTagKeys,
    policySha256: hash("sha256", spec.policy),
    policyArns: spec.policyArns,
    durationSeconds: Math.round((session.expiration - now) / 1000),
    expiration: new Date(session.expiration).toISOString(),
    assumedRoleArn: session.assumedRoleArn,
    assumedRoleId: session.assumedRoleId,
    accessKeyId: session.credentials.accessKeyId,
    assumeRoleRequestId: session.requestId,
    packedPolicySize: session.packedPolicySize,
  };
}
