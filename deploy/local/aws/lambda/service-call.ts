// A call of a function that Lambda makes by itself: for a queue, or for an event that waits. Nobody's permission is
// asked for it here, since who may cause it was settled when the source was made or the event was taken.
import { newAnswerIds } from "./refusal.js";
import type { Clock } from "../../../../server/ports.js";
import type { AwsError } from "../model.js";
import type { Callee } from "./callee.js";
import type { FunctionError, Invocation } from "./invocation.js";
import { wholePayload } from "./invoke-answer.js";

export type ServiceAnswer =
  | { readonly kind: "payload"; readonly payload: string }
  | { readonly kind: "failed"; readonly error: FunctionError }
  /** It did not run. */
  | { readonly kind: "throttled"; readonly error: AwsError };

/** Never rejects. */
export const callAsService = async (
  callee: Callee,
  qualifier: string | undefined,
  invocation: Omit<Invocation, "invoked">,
): Promise<ServiceAnswer> => {
  const picked = callee.pick(qualifier);
  if (!picked.ok) return { kind: "throttled", error: picked.error };
  const run = callee.admit(picked.value);
  if (!run.ok) return { kind: "throttled", error: run.error };
  const { arn } = callee.definition;
  const invoked = {
    arn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    version: picked.value.version,
  };
  const whole = wholePayload();
  const answer = whole.of(await run.value({ ...invocation, invoked }, whole));
  return Buffer.isBuffer(answer)
    ? { kind: "payload", payload: answer.toString() }
    : { kind: "failed", error: answer };
};

export type CallFunction = (
  functionArn: string,
  qualifier: string | undefined,
  event: string,
) => Promise<ServiceAnswer>;

/** With a request id of its own for each call. */
export const createCallFunction =
  (callees: readonly Callee[], clock: Clock): CallFunction =>
  (functionArn, qualifier, event) => {
    const callee = callees.find(({ definition }) => definition.arn === functionArn);
    if (callee === undefined) throw new Error(`${functionArn} is no function of this template`);
    return callAsService(callee, qualifier, { ...newAnswerIds(clock()), event });
  };
