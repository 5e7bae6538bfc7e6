// Two resources of one name, of which AWS would refuse the second.
import type { Report } from "../faults.js";

/** IAM's names are one where only their case differs. */
export function reportTwiceInAnyCase(names: readonly string[], what: string, report: Report): void {
  const lower = names.map((name) => name.toLowerCase());
  reportTwice(lower, what, report);
}

export function reportTwice(names: readonly string[], what: string, report: Report): void {
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
    report("Resources", `two ${what} ${name}`);
}
