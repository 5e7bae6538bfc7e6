// Which method of an API a request is for: a literal segment before {name}, {name} before {name+}, a method before ANY.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
// A path that only a second choice further up would match is not found: whether API Gateway goes back is not documented.
import type { ApiMethod } from "../model.js";

export interface FoundMethod {
  readonly method: ApiMethod;
  /** As they stood in the path, percent-encoding included; null where there is none. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/** `path` has no stage and no query: `/api/x`. */
export function findMethod(
  methods: readonly ApiMethod[],
  method: string,
  path: string,
): FoundMethod | undefined {
  if (!methodsOfAny.has(method)) return undefined;
  const segments = path === "/" ? [] : path.slice(1).split("/");
  const resource = descend(
    methods.map((each) => each.path),
    segments,
    "",
  );
  if (resource === undefined) return undefined;
  const there = methods.filter((each) => each.path === resource);
  const found = there.find((each) => each.method === method) ?? there.find((each) => each.method === "ANY");
  return found && { method: found, pathParameters: parametersOf(resource, segments) };
}

const methodsOfAny = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

const isParameter = (segment: string): boolean => segment.startsWith("{") && segment.endsWith("}");
const isGreedy = (segment: string): boolean => isParameter(segment) && segment.endsWith("+}");

/** The resource's path below `parent` that these segments are at. */
function descend(
  paths: readonly string[],
  [segment, ...rest]: readonly string[],
  parent: string,
): string | undefined {
  if (segment === undefined) return paths.find((path) => path === (parent === "" ? "/" : parent));
  // An empty segment, as after a trailing slash, is nobody's parameter.
  if (segment === "") return undefined;
  const children = new Set(
    paths
      .filter((path) => path.startsWith(`${parent}/`) && path !== "/")
      .map((path) => path.slice(parent.length + 1).split("/")[0] ?? ""),
  );
  if (children.has(segment) && !isParameter(segment)) return descend(paths, rest, `${parent}/${segment}`);
  const single = [...children].find((child) => isParameter(child) && !isGreedy(child));
  if (single !== undefined) return descend(paths, rest, `${parent}/${single}`);
  const greedy = [...children].find(isGreedy);
  return greedy === undefined ? undefined : `${parent}/${greedy}`;
}

function parametersOf(
  resource: string,
  segments: readonly string[],
): Readonly<Record<string, string>> | null {
  const entries = resource
    .slice(1)
    .split("/")
    .flatMap((segment, at): [string, string][] => {
      if (!isParameter(segment)) return [];
      return isGreedy(segment)
        ? [[segment.slice(1, -2), segments.slice(at).join("/").replace(/\/$/, "")]]
        : [[segment.slice(1, -1), segments[at] ?? ""]];
    });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
