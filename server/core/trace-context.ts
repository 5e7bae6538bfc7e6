// A call's place in a distributed trace, as its header fields say it: https://www.w3.org/TR/trace-context/#traceparent-header
// What is malformed is no trace of ours to carry on: a new one begins, and nobody is refused.
import { headerValues, withoutField, type RawHeaders } from "./raw-headers.js";

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the span that called. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const traceParentShape = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** 3.3.1.5: what is longer need not be carried on. */
const maxTraceState = 512;

/** Undefined where there is none, several, or none of the shape. */
export function traceParentOf(headers: RawHeaders): TraceParent | undefined {
  const [value = "", ...others] = headerValues(headers, "traceparent");
  const fields = others.length > 0 ? null : traceParentShape.exec(value.trim());
  if (!fields) return undefined;
  // The shape has them all, but for what may come after.
  const [, version, traceId, spanId, flags, more] = fields as unknown as readonly [
    ...[whole: string, version: string, traceId: string, spanId: string, flags: string],
    more?: string,
  ];
  // A later version may have more fields; the first four are what they are (3.2.4).
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 };
}

/** Several lines are one list; undefined where there is none, or it is too long. */
export function traceStateOf(headers: RawHeaders): string | undefined {
  const state = headerValues(headers, "tracestate").join(",");
  return state === "" || state.length > maxTraceState ? undefined : state;
}

/** The header fields with another span as the one that calls. */
export function withTraceParent(
  headers: RawHeaders,
  { traceId, spanId, isSampled }: TraceParent,
  traceState: string | undefined,
): RawHeaders {
  const others = withoutField(withoutField(headers, "traceparent"), "tracestate");
  return [
    ...others,
    ...["traceparent", `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`],
    ...(traceState === undefined ? [] : ["tracestate", traceState]),
  ];
}
