// When an ECS task should be protected from scale-in and deployments, and how the agent's answers read.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
//
// ECS lets a protected task run on; an unprotected one it takes out of the load balancer, which waits for calls in flight
// (deregistration_delay), then sends SIGTERM and, 120 s later at most, SIGKILL. So a call that ends within two minutes
// needs no protection, and a longer one that is just beginning has the deregistration delay. Protection is for the rest,
// and is asked for once a call has lasted between one look and two. A task that always has a long call would be protected
// for ever, and no deployment would end: so after 25 minutes it yields for two, and its calls have the delay.
import { isJsonObject, type JsonObject } from "./strict-json.js";
import { accept, refuse, type Result } from "./result.js";

export const protectionTimes = {
  lookMs: 15_000,
  /** The last long call has ended: longer than between two such calls, so that they do not become requests. */
  lingerMs: 60_000,
  /** More than a call of 15 minutes; a gateway that hangs pins its task no longer. */
  expiresInMinutes: 20,
  /** Leaves ten minutes for an agent that does not answer. */
  renewMs: 10 * 60_000,
  longestMs: 25 * 60_000,
  yieldMs: 2 * 60_000,
  firstRetryMs: 15_000,
  lastRetryMs: 5 * 60_000,
} as const;

/** Epoch milliseconds, each: 0 is long ago. */
export interface ProtectionState {
  readonly lastLongCallAt: number;
  /** Until then the task may be protected, whatever became of a request. */
  readonly heldUntil: number;
  /** Of a protection that was confirmed. */
  readonly renewAt: number;
  /** The look that first found the unbroken protection; 0: there is none. */
  readonly heldSince: number;
  readonly yieldsUntil: number;
  readonly wish: boolean;
  readonly failures: number;
  readonly retryAt: number;
}

export const unprotected: ProtectionState = {
  lastLongCallAt: 0,
  heldUntil: 0,
  renewAt: 0,
  heldSince: 0,
  yieldsUntil: 0,
  wish: false,
  failures: 0,
  retryAt: 0,
};

/** A look at the calls in flight. A wish that changes does not wait for the retry of the one before it. */
export function look(state: ProtectionState, hasLongCall: boolean, now: number): ProtectionState {
  const { longestMs, yieldMs, lingerMs } = protectionTimes;
  const lastLongCallAt = hasLongCall ? now : state.lastLongCallAt;
  const isTooLong = state.heldSince > 0 && now - state.heldSince >= longestMs;
  const yieldsUntil = isTooLong ? now + yieldMs : state.yieldsUntil;
  const wish = now >= yieldsUntil && now - lastLongCallAt < lingerMs;
  const heldSince = wish && now < state.heldUntil ? state.heldSince || now : 0;
  const retryAt = wish === state.wish ? state.retryAt : 0;
  return { ...state, lastLongCallAt, yieldsUntil, wish, heldSince, retryAt };
}

/** What to ask the agent for now; `undefined`: nothing. */
export function requestFor(state: ProtectionState, now: number): boolean | undefined {
  if (now < state.retryAt) return undefined;
  const isDue = state.wish ? now >= state.renewAt : now < state.heldUntil;
  return isDue ? state.wish : undefined;
}

/** From when on the task may be protected is when it is asked, not when it is answered. */
export function asked(state: ProtectionState, enabled: boolean, now: number): ProtectionState {
  if (!enabled) return { ...state, renewAt: 0 };
  return { ...state, heldUntil: now + protectionTimes.expiresInMinutes * 60_000 };
}

export interface ProtectionRefusal {
  /** For the operator. */
  readonly why: string;
  /** ECS or its agent said no: nothing has changed. Else the answer is lost, and the request may have been done. */
  readonly isDefinite: boolean;
}

/** `before`: the state in which it was asked. */
export function answered(
  state: ProtectionState,
  enabled: boolean,
  answer: Result<undefined, ProtectionRefusal>,
  { now, before }: { readonly now: number; readonly before: ProtectionState },
): ProtectionState {
  if (answer.ok) {
    const settled = { ...state, failures: 0, retryAt: 0 };
    return enabled
      ? { ...settled, renewAt: now + protectionTimes.renewMs }
      : { ...settled, heldUntil: 0, renewAt: 0 };
  }
  const { firstRetryMs, lastRetryMs } = protectionTimes;
  const pauseMs = Math.min(firstRetryMs * 2 ** state.failures, lastRetryMs);
  return {
    ...state,
    heldUntil: answer.denial.isDefinite ? before.heldUntil : state.heldUntil,
    failures: state.failures + 1,
    retryAt: state.wish === enabled ? now + pauseMs : 0,
  };
}

/**
 * The agent answers `{"protection": {"ProtectionEnabled": ...}}`, or with the same 200 `{"failure": {"Reason": ...}}`, or with
 * another status `{"error": {"Code": ..., "Message": ...}}`. `body` is `undefined` where it is no JSON.
 */
export function readAnswer(
  status: number,
  body: unknown,
  enabled: boolean,
): Result<undefined, ProtectionRefusal> {
  const { protection, failure, error } = isJsonObject(body) ? body : {};
  if (status === 200 && isJsonObject(protection) && protection.ProtectionEnabled === enabled)
    return accept(undefined);
  if (status === 200 && isJsonObject(failure))
    return refuse({ why: words(failure, "Reason", "Detail"), isDefinite: true });
  const why = isJsonObject(error) ? `: ${words(error, "Code", "Message")}` : "";
  return refuse({ why: `the agent answered ${status}${why}`, isDefinite: status >= 400 && status < 500 });
}

const maxWords = 300;

const words = (object: JsonObject, ...names: readonly string[]): string =>
  names
    .map((name) => object[name])
    .filter((value) => typeof value === "string")
    .join(": ")
    .slice(0, maxWords);
