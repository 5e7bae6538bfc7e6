// One JSON line per request (pino), from what the steps found. Never a token, a credential, a query or a body.
import { pino, type DestinationStream, type Logger } from "pino";
import type { Findings } from "../core/inbound.js";
import type { RoleSession } from "../core/model.js";

export type Log = Logger;

export const createLog = (destination?: DestinationStream): Log =>
  pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" }, destination);

/**
 * The log for the calls of one caller: who he is, as whom he is known to AWS, and how to find that in CloudTrail. Of a
 * session all lines say the same there, so pino writes that part once a session and keeps it as text.
 */
export function createCallerLogs(log: Log): (findings: Findings) => Log {
  const ofSession = new WeakMap<RoleSession, Log>();
  return (findings) => {
    const { principal, session } = findings;
    if (!principal) return log;
    const known = session && ofSession.get(session);
    if (known) return known;
    const callerLog = log.child(callerFields(findings));
    if (session) ofSession.set(session, callerLog);
    return callerLog;
  };
}

const callerFields = ({ principal, spec, session }: Findings): Record<string, unknown> => ({
  ...(principal && { issuer: principal.issuer.name, subject: principal.subject }),
  ...(spec && {
    rule: spec.rule,
    roleArn: spec.roleArn,
    roleSessionName: spec.roleSessionName,
    sourceIdentity: spec.sourceIdentity,
  }),
  // What STS says the session is, beside what was asked for.
  ...(session && { assumedRoleArn: session.assumedRoleArn, assumeRoleRequestId: session.requestId }),
});
