// The trace that a call begins where it enters AWS: its time in hexadecimal seconds, and 96 random bits.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
import { randomBytes } from "node:crypto";

/** `now` is epoch milliseconds. */
export function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
