// What logs, metrics and traces call a request: the same words in each, bounded, and with nothing secret in them.
import type { Findings, Inbound } from "./core/inbound.js";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

/** OpenTelemetry's word for a method that it does not know: a name from outside would be one more each time. */
export const httpMethod = (method: string): string => (methods.has(method) ? method : "_OTHER");

/**
 * The template of the path that was called: of a door of its own that door's, else the path of the route's key, of which
 * `$default` has none. The route of a grant is what the grant is for, and was not called.
 */
export function httpRoute(
  { rawTarget }: Pick<Inbound, "rawTarget">,
  { route, door }: Pick<Findings, "route" | "door">,
): string | undefined {
  if (door === "grant" || door === "sts") return named.test(rawTarget) ? `/${door}/{name}` : `/${door}`;
  const start = route?.key.indexOf(" /") ?? -1;
  return start < 0 ? undefined : route?.key.slice(start + 1);
}

/** However its first segment is spelt. */
const named = /^\/[^/?]+\/[^?]/;

/** OpenTelemetry has another word for an unknown method in a span's name than in its attributes. */
export function spanName(method: string, path: string | undefined): string {
  const verb = methods.has(method) ? method : "HTTP";
  return path === undefined ? verb : `${verb} ${path}`;
}

const maxLoggedPath = 1024;

/** Queries carry secrets often enough, and so does the authority of an absolute form (RFC 3986 3.2.1). */
export function loggedPath(rawTarget: string): string {
  if (!rawTarget.startsWith("/")) return "(not a path)";
  const end = rawTarget.search(/[?#]/);
  const path = rawTarget.slice(0, Math.min(end < 0 ? maxLoggedPath : end, maxLoggedPath));
  return path.includes("eyJ") ? path.replace(joseHeader, "(a token)") : path;
}

/** A JWT begins with `{"` in base64url. In a path it is somebody's mistake, and would be good for whoever reads the log. */
const joseHeader = /eyJ[\w-]{6,}(?:\.[\w-]*)*/g;
