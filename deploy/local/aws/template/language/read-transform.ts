// The Transform section: SAM's, or none. Other macros run code that is not here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
import { unsupported, type Report } from "../faults.js";

const sam = "AWS::Serverless-2016-10-31";

/** Whether the template is a SAM template. */
export function readTransform(value: unknown, report: Report): boolean {
  const names: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  for (const name of names)
    if (name !== sam) report("Transform", `${JSON.stringify(name)} ${unsupported}; it takes ${sam}`);
  return names.includes(sam);
}
