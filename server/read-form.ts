// The body of a caller who is not known yet: it holds his credential. Strangers' forms never hold more than a part of the
// room for bodies, and each for a moment only, so that whoever sends many and ends none keeps nobody from the other doors.
import { setTimeout } from "node:timers/promises";
import type { RequestBody } from "./core/inbound.js";
import { refuse, type Result } from "./core/result.js";

export interface FormRoom {
  readonly formBytes: number;
  /** Of all request bodies together. */
  readonly bufferedBytes: number;
}

/**
 * Refuses as `RequestBody.read` does, `overloaded` while a quarter of the room is taken by forms that come, and
 * `request_timeout` where one takes longer than a form does.
 */
export type ReadForm = (body: RequestBody) => Promise<Result<Buffer>>;

/** A few kilobytes; the bodies of known callers have a minute. */
const formArrivalMs = 10_000;

export function createReadForm({ formBytes, bufferedBytes }: FormRoom, arrivalMs = formArrivalMs): ReadForm {
  const places = Math.max(1, Math.floor(bufferedBytes / 4 / formBytes));
  let taken = 0;
  return async (body) => {
    if (taken >= places) return refuse(full);
    taken += 1;
    const arrived = new AbortController();
    const tooLate = setTimeout(arrivalMs, refuse(late), { signal: arrived.signal, ref: false });
    return Promise.race([body.read(formBytes), tooLate]).finally(() => {
      taken -= 1;
      arrived.abort();
    });
  };
}

const late = { reason: "request_timeout" } as const;

const full = {
  reason: "overloaded",
  cause: "forms at the sts door that have not arrived hold a quarter of limits.bufferedBytes",
  retryAfterSeconds: 1,
} as const;
