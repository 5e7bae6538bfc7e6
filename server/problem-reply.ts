// In which form a refusal leaves: STS's XML under /sts, else RFC 9457's problem JSON, which at the grant door has the
// members that AWS SDKs show. What it says is decided in core/problem.ts and core/sts-problem.ts.
import type { Denial } from "./core/denial.js";
import type { Findings, Inbound, Reply } from "./core/inbound.js";
import { internalError, problemBody, problemHeaders, problemOf, type Problem } from "./core/problem.js";
import { stsFailure } from "./core/sts-answer.js";
import { stsInternalFailure, stsProblemOf } from "./core/sts-problem.js";

/** `undefined`: an exception, a bug of ours. */
export function problemReply(denial: Denial | undefined, inbound: Inbound, findings: Findings): Reply {
  const door = findings.door ?? doorIn(inbound.rawTarget);
  if (door === "sts") {
    return stsFailure(denial ? stsProblemOf(denial) : stsInternalFailure, inbound.requestId);
  }
  return jsonReply(denial ? problemOf(denial) : internalError, inbound.requestId, door === "grant");
}

/** A request that is refused early, or for a mistyped name, has no door yet; its caller reads the door's form anyhow. */
const doorIn = (rawTarget: string): string | undefined => /^\/(grant|sts)(?:[/?]|$)/.exec(rawTarget)?.[1];

const jsonReply = (problem: Problem, requestId: string, isGrant: boolean): Reply => ({
  kind: "own",
  status: problem.status,
  headers: problemHeaders(problem),
  body: JSON.stringify({
    ...problemBody(problem, requestId),
    // Credential clients of AWS SDKs show these two; others pass over them.
    ...(isGrant && { Code: problem.code, Message: problem.detail }),
  }),
});
