// One JSON line per request (pino), from what the steps found. Never a token, a credential, a query or a body.
import { pino, type DestinationStream, type Logger } from "pino";
import type { Denial } from "../core/denial.js";
import type { Findings } from "../core/inbound.js";

export type Log = Logger;

export const createLog = (destination?: DestinationStream): Log =>
  pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" }, destination);

/** The fields of a request's log line that say who called, as whom, and why not. */
export function findingFields(findings: Findings, denial: Denial | undefined): Record<string, unknown> {
  const { route, door, principal, spec, session } = findings;
  return {
    ...(route && { route: route.name, door }),
    ...(principal && { issuer: principal.issuer.name, subject: principal.subject }),
    ...(spec && {
      rule: spec.rule,
      roleArn: spec.roleArn,
      roleSessionName: spec.roleSessionName,
      sourceIdentity: spec.sourceIdentity,
    }),
    // What STS says the session is, beside what was asked for.
    ...(session && { assumedRoleArn: session.assumedRoleArn, assumeRoleRequestId: session.requestId }),
    ...denial,
  };
}
