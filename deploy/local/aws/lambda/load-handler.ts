// Finds a function's handler as Lambda's Node runtime does, and refuses what nodejs24.x refuses. Runs inside the
// execution environment.
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describeError } from "./describe-error.js";
import type { FunctionError } from "./invocation.js";
import { ResponseStream } from "./response-stream.js";

type BufferedHandler = (event: unknown, context: unknown) => unknown;
type StreamingHandler = (event: unknown, responseStream: ResponseStream, context: unknown) => unknown;

export type Handler =
  | { readonly streaming: false; readonly run: BufferedHandler }
  | { readonly streaming: true; readonly run: StreamingHandler };

/** A handler that Lambda does not take; `name` is Lambda's error type. */
class HandlerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const streamifiedHandlers = new WeakSet<object>();

/** Makes the global `awslambda`. A middleware that wraps the streamified handler loses the mark, as on Lambda. */
export const defineAwslambda = (): void => {
  const awslambda = {
    streamifyResponse: (handler: StreamingHandler) => {
      streamifiedHandlers.add(handler);
      return handler;
    },
    HttpResponseStream: {
      from: (responseStream: ResponseStream, metadata: unknown) => {
        responseStream.setMetadata(metadata);
        return responseStream;
      },
    },
  };
  Object.assign(globalThis, { awslambda });
};

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** Since nodejs24.x a handler may be in the default export; before, that was so for CommonJS alone, which was required. */
const looksIntoDefault = (file: string): boolean =>
  !/nodejs(?:20|22)\.x$/.test(process.env.AWS_EXECUTION_ENV ?? "") ||
  createRequire(file).cache[realpathSync(file)] !== undefined;

const findExport = (module: unknown, exportPath: string, file: string): unknown => {
  const inModule = (root: unknown) => exportPath.split(".").reduce(member, root);
  return inModule(module) ?? (looksIntoDefault(file) ? inModule(member(module, "default")) : undefined);
};

export const loadHandler = async (file: string, exportPath: string): Promise<Handler> => {
  const module: unknown = await import(pathToFileURL(file).href);
  const handler = findExport(module, exportPath, file);
  if (typeof handler !== "function")
    throw new HandlerError("Runtime.HandlerNotFound", `${exportPath} is undefined or not exported`);
  if (streamifiedHandlers.has(handler)) return { streaming: true, run: handler as StreamingHandler };
  if (handler.length >= 3)
    throw new HandlerError(
      "Runtime.CallbackHandlerDeprecated",
      "a handler with a callback (three parameters) is refused since nodejs24.x: return a promise",
    );
  return { streaming: false, run: handler as BufferedHandler };
};

const LOAD_ERROR_TYPES: Readonly<Record<string, string>> = {
  SyntaxError: "Runtime.UserCodeSyntaxError",
  ERR_MODULE_NOT_FOUND: "Runtime.ImportModuleError",
  MODULE_NOT_FOUND: "Runtime.ImportModuleError",
};

export const describeLoadError = (error: unknown): FunctionError => {
  const described = describeError(error);
  const code = String(member(error, "code"));
  const errorType = LOAD_ERROR_TYPES[code] ?? LOAD_ERROR_TYPES[described.errorType];
  if (errorType === undefined) return described;
  const errorMessage = `${described.errorType}: ${described.errorMessage}`;
  const [, ...frames] = described.trace ?? [];
  return { errorType, errorMessage, trace: [`${errorType}: ${errorMessage}`, ...frames] };
};
