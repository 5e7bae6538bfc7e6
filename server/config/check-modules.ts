// Whether the files that authorizers name are there. What is in them shows when they are loaded, at the start.
import type { Authorizer } from "../core/model.js";
import { formatPath, type Fault } from "./fault.js";
import type { SourceOptions } from "./source.js";

export function checkModules(
  authorizers: readonly Authorizer[],
  { readFile }: Pick<SourceOptions, "readFile">,
): Fault[] {
  return authorizers.flatMap(({ source }, index) => {
    if (source.kind !== "module") return [];
    try {
      readFile(source.file);
      return [];
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown error";
      return [{ path: formatPath(["authorizers", index, "module"]), message: `cannot be read: ${why}` }];
    }
  });
}
