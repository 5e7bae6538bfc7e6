// One function as its front ends call it, the function URL and the Invoke API alike: they share its environments, its
// concurrency and its request rate. Throttling in AWS's words; nothing queues.
import type { Clock } from "../../../../server/ports.js";
import type { FunctionDefinition, Outcome, Refused } from "../model.js";
import type { AnswerSink, Invocation, InvocationOutcome } from "./invocation.js";
import type { Pool } from "./pool.js";
import { refused } from "./refusal.js";
import { RequestRate } from "./request-rate.js";
import type { Picked } from "./versions.js";

/** Never rejects: whatever a function does is an outcome. */
export type Run = (invocation: Invocation, sink: AnswerSink) => Promise<InvocationOutcome>;

export interface Callee {
  readonly definition: FunctionDefinition;
  /** The version that a call of this qualifier runs: another one each time where an alias has two. */
  pick(qualifier: string | undefined): Outcome<Picked>;
  /** A place to run one call in, which the call gives back. */
  admit(picked: Picked): Outcome<Run>;
}

/** A call that was run to its end. */
export interface FinishedCall extends Picked {
  readonly functionName: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly hasFailed: boolean;
}

/** What a callee needs of a function. */
export interface CalledFunction {
  readonly definition: FunctionDefinition;
  pick(qualifier: string | undefined): Outcome<Picked>;
  poolOf(version: string): Pick<Pool, "acquire" | "release"> | undefined;
}

export const createCallee = (
  fn: CalledFunction,
  clock: Clock,
  finished: (call: FinishedCall) => void = () => undefined,
): Callee => {
  const { definition } = fn;
  const { name: functionName, reservedConcurrency } = definition;
  const prefix = reservedConcurrency === undefined ? "" : "ReservedFunction";
  // With 0 reserved there is no rate to exceed: the pool lets nobody in.
  const rate = reservedConcurrency ? new RequestRate(reservedConcurrency, clock) : undefined;
  return {
    definition,
    pick: (qualifier) => fn.pick(qualifier),
    admit: (picked) => {
      if (rate?.take() === false) return throttled(`${prefix}InvocationRateLimitExceeded`);
      const pool = fn.poolOf(picked.version);
      const environment = pool?.acquire();
      if (pool === undefined || environment === undefined)
        return throttled(`${prefix}ConcurrentInvocationLimitExceeded`);
      const startedAt = clock();
      return {
        ok: true,
        value: async (invocation, sink) => {
          const outcome = await environment.invoke(invocation, sink).finally(() => pool.release(environment));
          finished({ ...picked, functionName, startedAt, hasFailed: outcome.kind === "failed" });
          return outcome;
        },
      };
    },
  };
};

const throttled = (reason: string): Refused => {
  const { error } = refused(429, "TooManyRequestsException", "Rate Exceeded.");
  return { ok: false, error: { ...error, reason } };
};
