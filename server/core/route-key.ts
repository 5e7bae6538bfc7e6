// API Gateway's route keys: `METHOD /path/{parameter}/{greedy+}` and `$default`
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html).
// Reads a key and says which two keys collide; it does not match requests.
import type { RouteSegment } from "./model.js";
import { accept, refuse } from "./result.js";
import type { Result } from "./result.js";

export interface RouteKey {
  /** Upper case; `ANY` also for `$default`. */
  readonly method: string;
  /** `undefined` for `$default`. */
  readonly segments: readonly RouteSegment[] | undefined;
}

/** What `ANY` stands for: the methods a function URL takes. */
export const anyMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;
const methods = new Set<string>(["ANY", ...anyMethods]);
// RFC 3986 pchar without percent-encoding: two spellings of one path would be two routes.
const literalPattern = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]+$/;
const parameterPattern = /^\{([A-Za-z][A-Za-z0-9_-]{0,63})(\+?)\}$/;
const maxSegments = 64;

export function parseRouteKey(key: string): Result<RouteKey, string> {
  if (key === "$default") return accept({ method: "ANY", segments: undefined });
  if (!/^[^ ]+ \/[^ ]*$/.test(key)) {
    return refuse("must be METHOD /path, such as GET /reports/{id} or ANY /files/{proxy+}, or $default");
  }
  const pathAt = key.indexOf(" /");
  const method = key.slice(0, pathAt);
  const path = key.slice(pathAt + 2);
  if (!methods.has(method)) return refuse(`must begin with one of ${[...methods].join(", ")}`);
  const texts = path === "" ? [] : path.split("/");
  if (texts.length > maxSegments) return refuse(`may have at most ${maxSegments} segments`);
  const segments: RouteSegment[] = [];
  for (const text of texts) {
    const segment = parseSegment(text);
    if (!segment.ok) return segment;
    segments.push(segment.value);
  }
  const refusal = faultOf(segments);
  return refusal === undefined ? accept({ method, segments }) : refuse(refusal);
}

function parseSegment(text: string): Result<RouteSegment, string> {
  if (text === "") return refuse("has an empty segment: no // and no / at the end");
  if (text === "." || text === "..") return refuse(`has the dot segment ${text}`);
  if (literalPattern.test(text)) return accept({ kind: "literal", text });
  const [, name, plus] = parameterPattern.exec(text) ?? [];
  if (name === undefined) {
    return refuse(
      `has the segment ${text}: it must be plain characters, {name} or {name+}, not percent-encoded`,
    );
  }
  return accept({ kind: plus === "+" ? "greedy" : "parameter", name });
}

function faultOf(segments: readonly RouteSegment[]): string | undefined {
  if (segments.slice(0, -1).some((segment) => segment.kind === "greedy")) {
    return "may have {name+} only as its last segment";
  }
  const names = segments.flatMap((segment) => (segment.kind === "literal" ? [] : [segment.name]));
  return new Set(names).size < names.length ? "has two parameters of one name" : undefined;
}

/**
 * Two keys of equal rank: neither is more specific, so a request could not choose between them. Rank goes segment by
 * segment, literal before {parameter} before {greedy+} before $default; a method goes before ANY.
 */
export function overlaps(a: RouteKey, b: RouteKey): boolean {
  return a.method === b.method && shapeOf(a) === shapeOf(b);
}

function shapeOf({ segments }: RouteKey): string {
  if (segments === undefined) return "$default";
  return segments
    .map((segment) => `/${segment.kind === "literal" ? segment.text : symbols[segment.kind]}`)
    .join("");
}

// Neither can be a literal: `{` is no path character.
const symbols = { parameter: "{}", greedy: "{+}" } as const;
