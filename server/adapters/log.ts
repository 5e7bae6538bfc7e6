// One JSON line per request (pino), from what the steps found. Never a token, a credential, a query or a body.
import { EventEmitter } from "node:events";
import { pino, type DestinationStream, type Logger } from "pino";
import type { Findings } from "../core/inbound.js";
import type { RoleSession } from "../core/model.js";
import { onceASecond } from "../core/once-a-second.js";
import { serializers } from "./logged-error.js";
import type { Probed } from "./probe-roles.js";

export type Log = Logger;

const dropped = new WeakMap<Log, { lines: number }>();

export function createLog(destination: DestinationStream = standardOutput()): Log {
  const log = pino({ base: null, timestamp: isoTime, messageKey: "message", serializers }, destination);
  const counted = { lines: 0 };
  dropped.set(log, counted);
  if (destination instanceof EventEmitter) destination.on("drop", () => (counted.lines += 1));
  return log;
}

/** Lines that were dropped, since nobody read those before them. */
export const droppedLines = (log: Log): number => dropped.get(log)?.lines ?? 0;

const untilMilliseconds = onceASecond((iso) => iso.slice(0, -4));

/** As pino's own `isoTime`. */
function isoTime(): string {
  const now = Date.now();
  return `,"time":"${untilMilliseconds(now)}${String(now % 1000).padStart(3, "0")}Z"`;
}

/**
 * Lines wait for one another, for a tenth of a second at most: a write of its own would cost each call as much as its
 * signature. pino sees to it that they are out when the process exits (a part just being written may come after the
 * rest then), but for those that are just being written to a reader too slow for them. Beyond 16 MB that nobody reads, lines are dropped before the memory is.
 */
const standardOutput = (): DestinationStream =>
  pino.destination({ dest: 1, sync: false, minLength: 8_192, maxLength: 16 * 2 ** 20, periodicFlush: 100 });

/** A probe's session is in CloudTrail too. */
export function logProbe(log: Log, { spec, ...probed }: Probed): void {
  const { roleArn, roleSessionName, sourceIdentity } = spec;
  const fields = { ...probed, roleArn, roleSessionName, sourceIdentity };
  if (probed.outcome === "ok") log.info(fields, "role probed");
  else log.warn(fields, "role cannot be assumed");
}

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
