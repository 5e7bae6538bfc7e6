// How an execution environment can end, in Lambda's words. Pure.
import type { FunctionError } from "./invocation.js";
import type { Exit } from "./process-group.js";

/** Lambda names signals as Go does. */
const SIGNAL_NAMES: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

const describeExit = ({ code, signal, fault }: Exit): string => {
  if (fault !== undefined) return `Runtime exited with error: ${fault}`;
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal}`;
  return code === 0
    ? "Runtime exited without providing a reason"
    : `Runtime exited with error: exit status ${code ?? "unknown"}`;
};

export const exited = (exit: Exit): FunctionError => ({
  errorType: "Runtime.ExitError",
  errorMessage: describeExit(exit),
});

export const outOfMemory: FunctionError = {
  errorType: "Runtime.OutOfMemory",
  errorMessage: "Runtime exited with error: signal: killed",
};

export const timedOut = (seconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds`,
});

export const initTimedOut = (seconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `Init timed out after ${seconds} seconds`,
});

export const twinCloses: FunctionError = {
  errorType: "Runtime.ExitError",
  errorMessage: "the twin is closing",
};
