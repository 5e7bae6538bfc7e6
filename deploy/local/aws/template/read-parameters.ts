// The Parameters of a template and the values they are given. Types other than String and Number are refused.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
import type { Report } from "./faults.js";
import type { Fields } from "./fields.js";

export function readParameters(
  section: Fields,
  given: Readonly<Record<string, string>>,
  report: Report,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const name of section.names()) {
    const parameter = section.object(name);
    parameter.oneOf("Type", ["String", "Number"]);
    parameter.ignore("Description", "NoEcho");
    const value = Object.hasOwn(given, name) ? given[name] : parameter.any("Default");
    parameter.ignore("Default");
    const allowed = parameter.has("AllowedValues") ? parameter.list("AllowedValues").map(String) : undefined;
    if (typeof value !== "string" && typeof value !== "number")
      report(parameter.path, "has no value and no Default");
    else if (allowed?.includes(String(value)) === false)
      report(parameter.path, `takes ${allowed.join(", ")}`);
    values.set(name, String(value));
    parameter.end();
  }
  for (const name of Object.keys(given)) {
    if (!section.has(name)) report("Parameters", `${name} is given but not declared`);
  }
  return values;
}
