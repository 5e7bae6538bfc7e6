// What of a fly.toml bears on long calls: how long a Machine may drain, and how long Fly's proxy waits on a silent call.
// The latter counts in one table only, and which one depends on the shape of the file: [http_service], or [[services]].
// https://fly.io/docs/reference/configuration/
import { parse, TomlError } from "smol-toml";
import { isJsonObject } from "../../core/strict-json.js";
import type { FlyFacts, FlySeconds, FlyService } from "../facts.js";

type Table = Readonly<Record<string, unknown>>;

export function readFly(file: string, text: string): FlyFacts {
  const toml = tableIn(text);
  if (typeof toml === "string") return { file, services: [], unread: toml };
  const kill = secondsOf(toml.kill_timeout);
  return { file, ...(kill !== undefined && { killSeconds: kill }), services: servicesOf(toml) };
}

/** Else what is wrong with it. */
function tableIn(text: string): Table | string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return `line ${error.line} is not understood`;
  }
}

function servicesOf(toml: Table): readonly FlyService[] {
  const simple = tablesOf(toml.http_service).map((service) => serviceOf("http_service", service));
  const ports = tablesOf(toml.services).flatMap((service) => tablesOf(service.ports));
  return [...simple, ...ports.filter(isHttp).map((port) => serviceOf("services.ports", port))];
}

/** Of other ports the proxy reads no HTTP, and where it sends everybody to HTTPS there is no call to wait for. */
function isHttp(port: Table): boolean {
  const handlers = port.handlers;
  return Array.isArray(handlers) && handlers.includes("http") && port.force_https !== true;
}

function serviceOf(table: FlyService["table"], service: Table): FlyService {
  const [options] = tablesOf(service.http_options);
  const port = service.port;
  const idle = secondsOf(options?.idle_timeout);
  return {
    table,
    hasOptions: options !== undefined,
    ...(typeof port === "number" && { port }),
    ...(idle !== undefined && { idleSeconds: idle }),
  };
}

/** One, many or none. */
const tablesOf = (value: unknown): readonly Table[] => [value].flat().filter(isJsonObject);

/** Seconds as a number, or a duration of Go's: `"5m30s"`. */
function secondsOf(value: unknown): FlySeconds | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : "unclear";
  const parts = typeof value === "string" && /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?$/.exec(value);
  if (value === "" || !parts) return "unclear";
  const [hours = "0", minutes = "0", seconds = "0"] = parts.slice(1);
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
