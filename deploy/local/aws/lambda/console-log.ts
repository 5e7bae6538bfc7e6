// Turns console.* into log lines as Lambda's Node runtime writes them, filtered by level. Runs inside the execution
// environment. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format } from "node:util";
import { LOG_LEVELS, type LoadInput, type LogLevel } from "./invocation.js";

/** What CloudWatch takes as one entry. */
export const LINE_LIMIT = 256 * 1024;

export interface LogLine {
  readonly level: LogLevel;
  readonly requestId: string | undefined;
  readonly text: string;
}

type Format = (time: string, requestId: string | undefined, level: LogLevel, parameters: unknown[]) => string;

const describe = (error: Error) => ({
  errorType: error.constructor.name,
  errorMessage: error.message,
  stackTrace: error.stack?.split("\n") ?? [],
});

const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? Object.assign(describe(value), value) : value;

const asJson: Format = (timestamp, requestId, level, parameters) => {
  const entry = { timestamp, level, requestId };
  if (parameters.length > 1) {
    const error = parameters.find((parameter) => parameter instanceof Error);
    return JSON.stringify({ ...entry, message: format(...parameters), ...(error && describe(error)) });
  }
  try {
    return JSON.stringify({ ...entry, message: parameters[0] }, withErrors);
  } catch {
    // A cycle, a BigInt.
    return JSON.stringify({ ...entry, message: format(parameters[0]) });
  }
};

const asText: Format = (time, requestId, level, parameters) =>
  [time, requestId, level, format(...parameters)].join("\t");

const METHODS = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO",
  log: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
} as const satisfies Record<string, LogLevel>;

/** `print` is called while console.* runs, so that nothing is lost when the process ends next. */
export const patchConsole = (
  { logFormat, logLevel }: Pick<LoadInput, "logFormat" | "logLevel">,
  requestId: () => string | undefined,
  print: (line: LogLine) => void,
): void => {
  const toText = logFormat === "JSON" ? asJson : asText;
  const printer =
    (level: LogLevel) =>
    (...parameters: unknown[]): void => {
      const id = requestId();
      const text = toText(new Date().toISOString(), id, level, parameters);
      print({ level, requestId: id, text: text.slice(0, LINE_LIMIT) });
    };
  const silent = (): void => undefined;
  const isShown = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(logLevel);
  for (const [method, level] of Object.entries(METHODS))
    Object.assign(console, { [method]: isShown(level) ? printer(level) : silent });
};
