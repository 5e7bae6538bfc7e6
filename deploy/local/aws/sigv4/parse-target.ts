// The raw request target -> path and query as the signer wants them, or the reason why it is refused.
// Two implementations must agree on the canonical form of what passes here. Where AWS's own form is not known for sure
// (dot segments, `//`, `+`, unencoded or ill-formed characters) the request is refused.

export interface RequestTarget {
  /** As sent, percent-encoding included. */
  readonly path: string;
  /** Decoded; null-prototype; a repeated key has a list. */
  readonly query: Record<string, string | string[]>;
}

export type ParsedTarget =
  { readonly ok: true; readonly value: RequestTarget } | { readonly ok: false; readonly reason: string };

// RFC 3986 section 3.3 and 3.4: pchar, "/" and (in a query) "?".
const pathText = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const queryText = /^(?:[A-Za-z0-9\-._~!$'()*,;:@/?&=]|%[0-9A-Fa-f]{2})*$/;
const dotSegment = /^(?:\.|%2e){1,2}$/i;

export function parseTarget(target: string): ParsedTarget {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const queryString = mark < 0 ? "" : target.slice(mark + 1);
  if (!pathText.test(path))
    return refused("the path has a character that must be percent-encoded, or is no path");
  if (path.includes("//")) return refused("the path has an empty segment");
  if (path.split("/").some((segment) => dotSegment.test(segment)))
    return refused("the path has a dot segment");
  if (decode(path) === undefined) return refused("the path is not UTF-8");
  if (!queryText.test(queryString)) {
    return refused("the query has a character that must be percent-encoded (a space is %20, a plus is %2B)");
  }
  const query = parseQuery(queryString);
  return typeof query === "string" ? refused(query) : { ok: true, value: { path, query } };
}

const refused = (reason: string): ParsedTarget => ({ ok: false, reason });

function parseQuery(text: string): Record<string, string | string[]> | string {
  const query = Object.create(null) as Record<string, string | string[]>;
  for (const pair of text === "" ? [] : text.split("&")) {
    const equals = pair.indexOf("=");
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? "" : pair.slice(equals + 1));
    if (key === undefined || value === undefined) return "the query is not UTF-8";
    if (key === "") return "the query has a pair without a name";
    // The signer drops X-Amz-Signature from what it signs, so it must never be in a query that it verifies.
    if (/^x-amz-/i.test(key))
      return `${key} in the query: presigned URLs are not supported by the local twin`;
    // The signer cannot hold this key.
    if (key === "__proto__") return "the query has a key named __proto__";
    const before = query[key];
    query[key] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
