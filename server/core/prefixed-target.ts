// A caller's target below the path of a stage. Pure text: nothing is resolved, so nothing can climb out.
import { encodeRfc3986, type RequestTarget } from "./request-target.js";
import type { SignedTarget } from "./sigv4.js";

/** `basePath` as the configuration has it: empty, or segments of plain characters with a slash before each. */
export function prefixedTarget(basePath: string, target: RequestTarget): SignedTarget {
  if (basePath === "") return target;
  return {
    wire: basePath + target.wire,
    canonicalPath: basePath.split("/").map(encodeRfc3986).join("/") + target.canonicalPath,
    canonicalQuery: target.canonicalQuery,
  };
}
