// The other ways in which a function may read a path. It gets the path decoded (an HTTP API's `rawPath`, and
// `requestContext.http.path` of every event), splits that at its slashes or parses it as a URL, and may decode the outcome
// once more. So `/admin%2Fx`, `/admin%5Cx`, `/admin%3Fx` and `/%2561dmin/x` can all be `/admin` to it.
import { unescape } from "node:querystring";
import { splitTarget, type RequestTarget } from "./request-target.js";

export interface PathReading {
  /** None is empty: `a//b` and `/a/b/` are `/a/b` to many functions. */
  readonly segments: readonly string[];
  /** Without its first slash, and with one at the end where the reading has one. */
  readonly path: string;
}

// Of an encoded slash, backslash, question mark, hash sign or percent sign; and a space at the end, which URLs lose.
const mayBeReadAnew = /%(?:2[35F]|3F|5C)|%20$/i;

/** Those besides `target.segments`: none for most paths, and for them this costs one look. */
export function otherReadings(target: Pick<RequestTarget, "wire">): readonly PathReading[] {
  if (!target.wire.includes("%")) return [];
  const { path } = splitTarget(target);
  if (!mayBeReadAnew.test(path)) return [];
  const decoded = decodeURIComponent(path);
  // An HTTP API itself ends the path at a question mark that it decoded.
  const texts = [...new Set([decoded, decoded.replace(/\?.*/s, "")])];
  return [
    ...texts.map((text) => readingOf(text.split("/"))),
    ...texts
      .flatMap(urlPaths)
      .flatMap((each) => [
        readingOf(each.split("/").map((segment) => unescape(segment))),
        readingOf(unescape(each).split("/")),
      ]),
  ];
}

/** Behind a host, and as a reference, which has its host in itself if it begins with two slashes. */
function urlPaths(path: string): string[] {
  const behindHost = new URL(`http://h${path}`).pathname;
  if (!/^\/[/\\]/.test(path)) return [behindHost];
  return URL.canParse(path, "http://h") ? [behindHost, new URL(path, "http://h").pathname] : [behindHost];
}

function readingOf(parts: readonly string[]): PathReading {
  const segments = parts.filter((part) => part !== "");
  const path = segments.join("/");
  return { segments, path: parts.at(-1) === "" ? `${path}/` : path };
}
