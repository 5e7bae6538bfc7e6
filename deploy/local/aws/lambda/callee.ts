// One function as its front ends call it, the function URL and the Invoke API alike: they share its environments, its
// concurrency and its request rate. Throttling in AWS's words; nothing queues.
import type { Clock } from "../../../../server/ports.js";
import type { FunctionDefinition, Outcome, Refused } from "../model.js";
import type { AnswerSink, Invocation, InvocationOutcome } from "./invocation.js";
import type { Pool } from "./pool.js";
import { refused } from "./refusal.js";
import { RequestRate } from "./request-rate.js";

/** Never rejects: whatever a function does is an outcome. */
export type Run = (invocation: Invocation, sink: AnswerSink) => Promise<InvocationOutcome>;

export interface Callee {
  readonly definition: FunctionDefinition;
  /** A place to run one call in, which the call gives back. */
  admit(): Outcome<Run>;
}

export const createCallee = (
  definition: FunctionDefinition,
  pool: Pick<Pool, "acquire" | "release">,
  clock: Clock,
): Callee => {
  const { reservedConcurrency } = definition;
  const prefix = reservedConcurrency === undefined ? "" : "ReservedFunction";
  // With 0 reserved there is no rate to exceed: the pool lets nobody in.
  const rate = reservedConcurrency ? new RequestRate(reservedConcurrency, clock) : undefined;
  return {
    definition,
    admit: () => {
      if (rate?.take() === false) return throttled(`${prefix}InvocationRateLimitExceeded`);
      const environment = pool.acquire();
      if (environment === undefined) return throttled(`${prefix}ConcurrentInvocationLimitExceeded`);
      return {
        ok: true,
        value: (invocation, sink) =>
          environment.invoke(invocation, sink).finally(() => pool.release(environment)),
      };
    },
  };
};

const throttled = (reason: string): Refused => {
  const { error } = refused(429, "TooManyRequestsException", "Rate Exceeded.");
  return { ok: false, error: { ...error, reason } };
};
