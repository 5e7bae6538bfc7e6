// The function's header fields -> those the caller gets: the function's own, less what spoke only to the gateway.
import type { Route } from "./model.js";
import { connectionNames, eachField, isHopByHop, type RawHeaders } from "./raw-headers.js";

/** `route.cors`: the gateway answers for CORS, so the function's fields would double it and browsers refuse that. */
export function relayedHeaders(
  headers: RawHeaders,
  route: Pick<Route, "cors" | "restoreRemappedHeaders">,
): string[] {
  const ownsCors = route.cors !== undefined;
  const named = connectionNames(headers);
  const relayed: string[] = [];
  eachField(headers, (field, value) => {
    const name = field.toLowerCase();
    if (!isOurs(name, ownsCors) && !named.has(name)) relayed.push(field, value);
  });
  return route.restoreRemappedHeaders ? restoreRemapped(relayed, named, ownsCors) : relayed;
}

/** What the function may not say to the caller. RFC 9110 7.6.1 leaves `Trailer` to the end of the way. */
function isOurs(name: string, ownsCors: boolean): boolean {
  // Ours stands on every answer; the function got it too and may have sent it back.
  if (name === "x-request-id") return true;
  if (name !== "trailer" && isHopByHop(name)) return true;
  return ownsCors && name.startsWith("access-control-");
}

const remapped = "x-amzn-remapped-";

/** Function URLs rename fields that AWS keeps for itself, `WWW-Authenticate` among them. */
function restoreRemapped(
  relayed: readonly string[],
  named: ReadonlySet<string>,
  ownsCors: boolean,
): string[] {
  const isName = (at: number): boolean => at % 2 === 0;
  const taken = new Set(relayed.filter((_, at) => isName(at)).map((field) => field.toLowerCase()));
  return relayed.map((text, at) => {
    if (!isName(at) || !text.toLowerCase().startsWith(remapped)) return text;
    const field = text.slice(remapped.length);
    const name = field.toLowerCase();
    const stays = name === "" || taken.has(name) || named.has(name);
    return stays || isOurs(name, ownsCors) || staysRemapped.test(name) ? text : field;
  });
}

/**
 * AWS renamed these because its transfer is not the function's: a length or a coding that is no longer true would break
 * the answer. A cookie has its own way out of a function, and `x-amz*` is AWS's word, not a function's.
 */
const staysRemapped = /^(?:content-length|content-encoding|content-range|trailer|set-cookie|x-amzn?-.*)$/;
