// What logs, metrics and traces call a request: the same words in each, bounded, and with nothing secret in them.
import type { Route } from "./core/model.js";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

/** OpenTelemetry's word for a method that it does not know: a name from outside would be one more each time. */
export const httpMethod = (method: string): string => (methods.has(method) ? method : "_OTHER");

/** The path of a route key; `$default` has none. */
export function httpRoute(route: Route | undefined): string | undefined {
  const start = route?.key.indexOf(" /") ?? -1;
  return start < 0 ? undefined : route?.key.slice(start + 1);
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
