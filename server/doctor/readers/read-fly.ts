// What of a fly.toml bears on long calls: how long a Machine may drain, and how long Fly's proxy waits on a silent call.
// The latter counts in one table only, and which one depends on the shape of the file: [http_service], or [[services]].
// https://fly.io/docs/reference/configuration/
import type { FlyFacts, FlySeconds, FlyService } from "../facts.js";
import { readToml, type TomlTable, type TomlValue } from "./toml.js";

export function readFly(file: string, text: string): FlyFacts {
  const toml = readToml(text);
  if (!toml.ok) return { file, services: [], unread: toml.denial };
  const kill = secondsOf(toml.value.get("kill_timeout"));
  return { file, ...(kill !== undefined && { killSeconds: kill }), services: servicesOf(toml.value) };
}

function servicesOf(toml: TomlTable): readonly FlyService[] {
  const simple = tablesOf(toml.get("http_service")).map((service) => serviceOf("http_service", service));
  const ports = tablesOf(toml.get("services")).flatMap((service) => tablesOf(service.get("ports")));
  return [...simple, ...ports.filter(isHttp).map((port) => serviceOf("services.ports", port))];
}

/** Of other ports the proxy reads no HTTP, and where it sends everybody to HTTPS there is no call to wait for. */
function isHttp(port: TomlTable): boolean {
  const handlers = port.get("handlers");
  return Array.isArray(handlers) && handlers.includes("http") && port.get("force_https") !== true;
}

function serviceOf(table: FlyService["table"], service: TomlTable): FlyService {
  const [options] = tablesOf(service.get("http_options"));
  const port = service.get("port");
  const idle = secondsOf(options?.get("idle_timeout"));
  return {
    table,
    hasOptions: options !== undefined,
    ...(typeof port === "number" && { port }),
    ...(idle !== undefined && { idleSeconds: idle }),
  };
}

/** One, many or none. */
const tablesOf = (value: TomlValue | undefined): readonly TomlTable[] =>
  [value].flat().filter((each): each is TomlTable => each instanceof Map);

/** Seconds as a number, or a duration of Go's: `"5m30s"`. */
function secondsOf(value: TomlValue | undefined): FlySeconds | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : "unclear";
  const parts = typeof value === "string" && /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?$/.exec(value);
  if (value === "" || !parts) return "unclear";
  const [hours = "0", minutes = "0", seconds = "0"] = parts.slice(1);
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
