// The body of a caller who is not known yet: it holds his credential. Strangers' forms never hold more than a part of the
// room for bodies, so that whoever sends many and ends none keeps nobody from the other doors.
import type { RequestBody } from "./core/inbound.js";
import { refuse, type Result } from "./core/result.js";

export interface FormRoom {
  readonly formBytes: number;
  /** Of all request bodies together. */
  readonly bufferedBytes: number;
}

/** Refuses as `RequestBody.read` does, and `overloaded` while a quarter of the room is taken by forms that come. */
export type ReadForm = (body: RequestBody) => Promise<Result<Buffer>>;

export function createReadForm({ formBytes, bufferedBytes }: FormRoom): ReadForm {
  const places = Math.max(1, Math.floor(bufferedBytes / 4 / formBytes));
  let taken = 0;
  return async (body) => {
    if (taken >= places) return refuse(full);
    taken += 1;
    return body.read(formBytes).finally(() => {
      taken -= 1;
    });
  };
}

const full = {
  reason: "overloaded",
  cause: "forms at the sts door that have not arrived hold a quarter of limits.bufferedBytes",
  retryAfterSeconds: 1,
} as const;
