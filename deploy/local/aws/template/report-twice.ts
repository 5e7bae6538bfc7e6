// Two resources of one name, which the second deployment of the two would be refused for.
import type { Report } from "./faults.js";

export function reportTwice(names: readonly string[], what: string, report: Report): void {
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
    report("Resources", `two ${what} ${name}`);
}
