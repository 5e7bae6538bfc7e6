// What a handler threw, as the JSON that Lambda answers with. Runs inside the execution environment, where an error may
// be anything: its getters may throw, its message may have no end.
import type { FunctionError } from "./invocation.js";

const TEXT_LIMIT = 64 * 1024;
const cut = (text: unknown): string => String(text).slice(0, TEXT_LIMIT);

export const describeError = (error: unknown): FunctionError => {
  try {
    return error instanceof Error
      ? {
          errorType: cut(error.name),
          errorMessage: cut(error.message),
          trace: cut(error.stack ?? "").split("\n"),
        }
      : { errorType: typeof error, errorMessage: cut(error), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "an error that cannot be read", trace: [] };
  }
};

/** Nobody waited for the promise. */
export const describeRejection = (reason: unknown): FunctionError => {
  const { errorType, errorMessage, trace = [] } = describeError(reason);
  const type = "Runtime.UnhandledPromiseRejection";
  const message = reason instanceof Error ? `${errorType}: ${errorMessage}` : errorMessage;
  return { errorType: type, errorMessage: message, trace: [`${type}: ${message}`, ...trace.slice(1)] };
};
