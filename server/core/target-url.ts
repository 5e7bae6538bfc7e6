// Where the calls of a target go: what a caller with granted credentials signs for, and what the commands show.
import { invocationPath } from "./invocation-path.js";
import type { Target } from "./model.js";

/** A function URL or a stage as it stands, or where Lambda takes the function's events. */
export function targetUrl(target: Target): string {
  switch (target.kind) {
    case "functionUrl":
      return `${target.origin}/`;
    case "executeApi":
      return `${target.origin}${target.basePath}/`;
    case "invoke":
      return `${target.origin}${invocationPath(target)}`;
  }
}
