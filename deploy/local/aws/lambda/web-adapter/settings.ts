// What the Lambda Web Adapter is told by environment variables, as far as the twin's stand-in does it; a setting that it does
// not do is refused by name. https://awslabs.github.io/aws-lambda-web-adapter/configuration/environment-variables.html. Pure.
import { accept, refuse, type Result } from "../../../../../server/core/result.js";

export interface WebAdapterSettings {
  readonly port: number;
  readonly readinessPath: string;
  readonly readinessProtocol: "http" | "tcp";
  readonly isHealthy: (status: number) => boolean;
  readonly isStreaming: boolean;
  readonly basePath: string;
  /** Where an event goes that is no HTTP request. */
  readonly passThroughPath: string;
  /** The header whose value becomes `Authorization`. */
  readonly authorizationSource: string | undefined;
  /** A status that makes the call fail. */
  readonly isError: (status: number) => boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The adapter's own, in the order in which it looks for them. */
export const PORT_VARIABLES = ["AWS_LWA_PORT", "PORT"] as const;

const TAKEN = [
  ...PORT_VARIABLES,
  ...["AWS_LWA_READINESS_CHECK_PORT", "AWS_LWA_READINESS_CHECK_PATH", "AWS_LWA_READINESS_CHECK_PROTOCOL"],
  ...["AWS_LWA_READINESS_CHECK_HEALTHY_STATUS", "AWS_LWA_INVOKE_MODE", "AWS_LWA_REMOVE_BASE_PATH"],
  ...["AWS_LWA_PASS_THROUGH_PATH", "AWS_LWA_AUTHORIZATION_SOURCE", "AWS_LWA_ERROR_STATUS_CODES"],
];
/** What versions before 2.0 read as well. */
const OLD_NAMES = [
  ...[
    "READINESS_CHECK_PORT",
    "READINESS_CHECK_PATH",
    "READINESS_CHECK_PROTOCOL",
    "REMOVE_BASE_PATH",
    "ASYNC_INIT",
  ],
];

export const readWebAdapterSettings = (variables: Variables): Result<WebAdapterSettings, string> => {
  const names = Object.keys(variables).filter((name) => variables[name] !== undefined);
  const unknown = names.find((name) => name.startsWith("AWS_LWA_") && !TAKEN.includes(name));
  if (unknown !== undefined) return refuse(`${unknown} is not done by the local twin's web adapter`);
  const old = names.find((name) => OLD_NAMES.includes(name));
  if (old !== undefined) return refuse(`${old} is deprecated: write AWS_LWA_${old}`);
  const text = (name: string, fallback: string): string => variables[name] ?? fallback;
  const port = text("AWS_LWA_PORT", text("PORT", "8080"));
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return refuse(`${port} is not a port`);
  if (text("AWS_LWA_READINESS_CHECK_PORT", port) !== port)
    return refuse("AWS_LWA_READINESS_CHECK_PORT must be the app's own port here");
  const mode = text("AWS_LWA_INVOKE_MODE", "buffered").toLowerCase();
  if (mode !== "buffered" && mode !== "response_stream")
    return refuse(`AWS_LWA_INVOKE_MODE is buffered or response_stream, not ${mode}`);
  const readinessProtocol = text("AWS_LWA_READINESS_CHECK_PROTOCOL", "http").toLowerCase();
  if (readinessProtocol !== "http" && readinessProtocol !== "tcp")
    return refuse(`AWS_LWA_READINESS_CHECK_PROTOCOL is http or tcp, not ${readinessProtocol}`);
  const healthy = readStatuses(text("AWS_LWA_READINESS_CHECK_HEALTHY_STATUS", "100-499"));
  const errors = readStatuses(text("AWS_LWA_ERROR_STATUS_CODES", ""));
  if (healthy === undefined || errors === undefined)
    return refuse("statuses are written 500 or 500-599, with commas between them");
  return accept({
    ...{ port: Number(port), readinessProtocol, isHealthy: healthy, isError: errors },
    readinessPath: text("AWS_LWA_READINESS_CHECK_PATH", "/"),
    isStreaming: mode === "response_stream",
    basePath: text("AWS_LWA_REMOVE_BASE_PATH", "").replace(/\/$/, ""),
    passThroughPath: text("AWS_LWA_PASS_THROUGH_PATH", "/events"),
    authorizationSource: variables.AWS_LWA_AUTHORIZATION_SOURCE?.toLowerCase(),
  });
};

const RANGE = /^(\d{3})(?:-(\d{3}))?$/;

const readStatuses = (text: string): ((status: number) => boolean) | undefined => {
  const parts = text.split(",").flatMap((part) => part.trim() || []);
  const ranges = parts.map((part) => RANGE.exec(part));
  if (ranges.includes(null)) return undefined;
  return (status) =>
    ranges.some((range) => {
      const [, first, last = first] = range ?? [];
      return status >= Number(first) && status <= Number(last);
    });
};
