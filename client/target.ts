// The caller's path -> the target as it is sent, the same at both doors and to the letter what is signed: URL parsers
// change nothing in it. No URL object is used: React Native's is a stub, and with `//host` it would change the host.
import { GrantwayError } from "./errors.js";

/**
 * `path` begins with a slash, or with the base itself. What must be percent-encoded and is not becomes so; in the query
 * a `+` is sent as `%20` and `?a` as `?a=`, as by the gateway. Refuses `path_invalid`: dot segments, empty segments,
 * backslashes, control characters, fragments, another origin, escapes that are no UTF-8, and queries that SigV4 has no word for.
 */
export function targetOf(path: string, base: string): string {
  const local = path.startsWith(base) ? path.slice(base.length) : path;
  // URL parsers take a backslash for a slash, and drop a fragment and some control characters without a word. \p{Cc} is
  // spelt out: React Native's engine did not know it for long, and refuses the whole library with it.
  if (!/^\/[^\\#\0-\x1f\x7f-\x9f]*$/.test(local)) throw invalid("no slash first, or a bad character");
  const [pathname = "", ...query] = local.split("?");
  try {
    return encodePath(pathname) + encodeQuery(query.join("?"));
  } catch (error) {
    throw error instanceof GrantwayError ? error : invalid("an escape that is no UTF-8");
  }
}

function encodePath(text: string): string {
  const segments = text.slice(1).split("/");
  // Also where a dot is encoded: AWS and URL parsers fold such segments away, each in its own way.
  if (
    segments.slice(0, -1).includes("") ||
    segments.some((segment) => /(?:^|[/\\])\.\.?(?:$|[/\\])/.test(decodeURIComponent(segment)))
  )
    throw invalid("an empty segment or a dot segment");
  // RFC 3986 3.3: what may stand in a path as it is. Escapes stay as they were written.
  return text.replace(/[^\w\-.~!$&'()*+,;=:@/%]+/gu, encode);
}

function encodeQuery(query: string): string {
  const pairs = query.split("&").filter(Boolean).map(encodePair).join("&");
  return pairs && `?${pairs}`;
}

function encodePair(pair: string): string {
  const [name = "", ...value] = pair.replace(/\+/g, " ").split("=").map(decodeURIComponent);
  if (/^(?:$|x-amz-)/i.test(name)) throw invalid("an empty or x-amz- query name");
  return `${encode(name)}=${encode(value.join("="))}`;
}

/** The apostrophe, too, which URL parsers encode in a query. */
const encode = (text: string): string => encodeURIComponent(text).replace(/'/g, "%27");

const invalid = (why: string): GrantwayError => new GrantwayError("path_invalid", `The path has ${why}`);
