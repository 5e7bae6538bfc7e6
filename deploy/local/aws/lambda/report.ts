// The line that Lambda writes after each call: how long it took and what memory it held. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
import type { LoadInput } from "./invocation.js";

export interface CallReport {
  readonly requestId: string;
  readonly durationMs: number;
  /** The first call of an environment also tells how long its start took. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
  /** Bytes; `undefined` where it is not known. */
  readonly peakBytes: number | undefined;
  /** The error type of a call whose environment ended. */
  readonly errorType: string | undefined;
}

const statusOf = (errorType: string | undefined): string => {
  if (errorType === undefined) return "success";
  return errorType === "Sandbox.Timedout" ? "timeout" : "error";
};

export const formatReport = (
  report: CallReport,
  { logFormat }: Pick<LoadInput, "logFormat">,
  now: Date,
): string => {
  const { requestId, durationMs, initMs, memoryMb, peakBytes, errorType } = report;
  const durations = {
    durationMs: round(durationMs),
    billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
  };
  const maxMemoryUsedMB = peakBytes === undefined ? undefined : Math.ceil(peakBytes / 1_048_576);
  const status = statusOf(errorType);
  if (logFormat === "JSON") {
    const init = initMs === undefined ? {} : { initDurationMs: round(initMs) };
    const metrics = { ...durations, ...init, memorySizeMB: memoryMb, maxMemoryUsedMB };
    const record = { requestId, metrics, status, errorType };
    return JSON.stringify({ time: now.toISOString(), type: "platform.report", record });
  }
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durations.durationMs} ms`,
    `Billed Duration: ${durations.billedDurationMs} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(maxMemoryUsedMB === undefined ? [] : [`Max Memory Used: ${maxMemoryUsedMB} MB`]),
    ...(initMs === undefined ? [] : [`Init Duration: ${round(initMs)} ms`]),
    ...(errorType === undefined ? [] : [`Status: ${status}`, `Error Type: ${errorType}`]),
  ].join("\t");
};

const round = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;
