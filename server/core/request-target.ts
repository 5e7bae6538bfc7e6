// Request target (RFC 9112 3.2) -> what is routed, what is signed and what is sent, decided once so that the
// three can never differ. Refuses what Lambda and SigV4 would not read as the caller wrote it.
import { unescape } from "node:querystring";
import { headerValues, type RawHeaders } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";

export interface RequestTarget {
  /** Sent upstream byte for byte: the path as it came, the query in SigV4's encoding and the caller's order. */
  readonly wire: string;
  /**
   * Percent-decoded path segments: what routes are matched against. `/` has none, as in a route key, and a slash at
   * the end adds none: many functions read `/admin/` as `/admin`, so it must not find another route.
   */
  readonly segments: readonly string[];
  /** Path of the canonical request: the wire path with every segment encoded once more. */
  readonly canonicalPath: string;
  /** Query of the canonical request: sorted by name, then value. */
  readonly canonicalQuery: string;
}

// RFC 3986 3.3: pchar and "/". Anything else must come percent-encoded.
const pathPattern = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
// C0, DEL and C1 in UTF-8. URL parsers drop tabs and line breaks, so `/ad%09min` would be `/admin`; nobody means the others.
const controlPattern = /%(?:[01][0-9A-F]|7F|C2%[89][0-9A-F])/i;
// Looser than RFC 3986 3.4: browsers leave brackets, braces and pipes bare, and re-encoding them loses nothing.
const queryPattern = /^(?:[\x21\x22\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*$/;

// RFC 9110 7.2: a name or an address, and a port.
const hostPattern = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** The target of a request. Refuses `target_invalid`: a second or malformed Host, or what parseRequestTarget refuses. */
export function requestTargetOf(request: {
  readonly rawTarget: string;
  readonly headers: RawHeaders;
}): Result<RequestTarget> {
  const hosts = headerValues(request.headers, "host");
  if (hosts.length > 1) return invalid("the request has more than one Host header (RFC 9112 3.2)");
  if (hosts[0] !== undefined && !hostPattern.test(hosts[0])) return invalid("the Host header is malformed");
  return parseRequestTarget(request.rawTarget);
}

/**
 * Parses the raw target of a request line.
 *
 * Three spellings change on the way, because AWS's canonical form has no other word for them: `?a` is sent as `?a=`,
 * `+` in a query as `%20`, and empty pairs (`&&`, a trailing `&` or `?`) are left out.
 *
 * Refuses `target_invalid` with a cause: not in origin-form, a fragment, bad percent-encoding or UTF-8, characters
 * outside RFC 3986, encoded control characters, empty segments and dot segments (also percent-encoded, once or twice: AWS
 * folds them away while signing, and functions while reading, so a route could be walked around), a query pair without a
 * name or with one of SigV4's own.
 */
export function parseRequestTarget(raw: string): Result<RequestTarget> {
  const plain = parsePlainTarget(raw);
  return plain ? accept(plain) : parseAnyTarget(raw);
}

// Unreserved characters only (RFC 3986 2.3), no segment that begins with a dot or is empty, every pair whole and none
// with a name of SigV4's: nothing is decoded or encoded, and nothing refused.
const unreserved = String.raw`[a-z0-9\-._~]`;
const plainSegment = `(?!\\.)${unreserved}+`;
const plainPair = `(?!x-amz-)${unreserved}+=${unreserved}*`;
const plainPattern = new RegExp(
  `^/(?:${plainSegment}(?:/${plainSegment})*/?)?(?:\\?${plainPair}(?:&${plainPair})*)?$`,
  "i",
);

/** Most targets: what `parseAnyTarget` gives for them, after one look. Nothing for those that need more. */
export function parsePlainTarget(raw: string): RequestTarget | undefined {
  if (!plainPattern.test(raw)) return undefined;
  const queryAt = raw.indexOf("?");
  const path = queryAt < 0 ? raw : raw.slice(0, queryAt);
  const segments = path.slice(1).split("/");
  if (segments.at(-1) === "") segments.pop();
  return {
    wire: raw,
    segments,
    canonicalPath: path,
    canonicalQuery: queryAt < 0 ? "" : sortPairs(raw.slice(queryAt + 1)),
  };
}

function sortPairs(query: string): string {
  if (!query.includes("&")) return query;
  const pairs = query.split("&").map((text): Pair => {
    const equalsAt = text.indexOf("=");
    return [text.slice(0, equalsAt), text.slice(equalsAt + 1)];
  });
  return pairs.sort(byNameThenValue).map(joinPair).join("&");
}

/** Every target. */
export function parseAnyTarget(raw: string): Result<RequestTarget> {
  const queryAt = raw.indexOf("?");
  const path = queryAt < 0 ? raw : raw.slice(0, queryAt);
  if (!path.startsWith("/")) return invalid("the target must be a path that starts with /");
  if (raw.includes("#")) return invalid("a target carries no fragment");
  if (!pathPattern.test(path))
    return invalid("the path holds a character that must be percent-encoded, or a bad escape");

  const segments = path.slice(1).split("/").map(decode);
  if (!segments.every(isText)) return invalid("the path is not percent-encoded UTF-8");
  if (controlPattern.test(path)) return invalid("the path holds an encoded control character");
  if (segments.some(hasDotSegment)) return invalid("the path holds a dot segment");
  if (segments.some(hidesDotSegment)) return invalid("the path holds a dot segment, encoded twice");
  if (segments.slice(0, -1).includes("")) return invalid("the path holds an empty segment");

  const pairs = queryAt < 0 ? [] : parseQuery(raw.slice(queryAt + 1));
  if (typeof pairs === "string") return invalid(pairs);
  const query = pairs.map(joinPair).join("&");
  return accept({
    wire: query === "" ? path : `${path}?${query}`,
    segments: segments.at(-1) === "" ? segments.slice(0, -1) : segments,
    canonicalPath: path.split("/").map(encodeRfc3986).join("/"),
    canonicalQuery: pairs.toSorted(byNameThenValue).map(joinPair).join("&"),
  });
}

/** What is sent, taken apart again: the query without its `?`. */
export function splitTarget({ wire }: Pick<RequestTarget, "wire">): {
  readonly path: string;
  readonly query: string;
} {
  const queryAt = wire.indexOf("?");
  return queryAt < 0
    ? { path: wire, query: "" }
    : { path: wire.slice(0, queryAt), query: wire.slice(queryAt + 1) };
}

/** Names and values of a query as it is sent, decoded, in order: every pair has its `=`. */
export const decodedPairs = (query: string): [name: string, value: string][] =>
  query === "" ? [] : query.split("&").map(decodedPair);

function decodedPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))];
}

/** Percent-encodes everything but RFC 3986's unreserved characters, as SigV4 asks. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

type Pair = readonly [name: string, value: string];

/** Encoded pairs in the caller's order, or what is wrong with the query. */
function parseQuery(query: string): Pair[] | string {
  if (!queryPattern.test(query))
    return "the query holds a character outside printable ASCII, or a bad escape";
  const pairs: Pair[] = [];
  for (const text of query.split("&")) {
    if (text === "") continue;
    const equalsAt = text.indexOf("=");
    const name = decodeQuery(equalsAt < 0 ? text : text.slice(0, equalsAt));
    const value = decodeQuery(equalsAt < 0 ? "" : text.slice(equalsAt + 1));
    if (name === undefined || value === undefined) return "the query is not percent-encoded UTF-8";
    // AWS leaves nameless pairs out of the canonical query, so they could not be signed.
    if (name === "") return "the query holds a value without a name";
    // SigV4's own names: in a query they would be a second signature beside the header.
    if (/^x-amz-/i.test(name)) return "the query holds a name that begins with X-Amz-, which is SigV4's";
    pairs.push([encodeRfc3986(name), encodeRfc3986(value)]);
  }
  return pairs;
}

const decodeQuery = (text: string): string | undefined => decode(text.replaceAll("+", " "));

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const isText = (text: string | undefined): text is string => text !== undefined;

// Where a URL is made of the decoded path, a part ends at a backslash too, the path at `?` and `#`, and spaces at the end go.
const hasDotSegment = (segment: string): boolean => /(?:^|[/\\])\.\.?(?:[/\\?#]| *$)/.test(segment);

/** Functions decode a path that an HTTP API has decoded before. */
const hidesDotSegment = (segment: string): boolean =>
  segment.includes("%") && hasDotSegment(unescape(segment));

const joinPair = ([name, value]: Pair): string => `${name}=${value}`;

function byNameThenValue([nameA, valueA]: Pair, [nameB, valueB]: Pair): number {
  return compareBytes(nameA, nameB) || compareBytes(valueA, valueB);
}

// Encoded text is ASCII, where UTF-16 order is byte order.
const compareBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const invalid = (cause: string) => refuse({ reason: "target_invalid", cause } as const);
