// A role's trust policy that is written as text. CloudFormation resolves functions in values and not in names, so a
// condition key that carries a parameter (an OpenID provider's host and path) can be had only from Fn::Sub of the whole
// text. Only here: whether it takes text in other places is not documented.
import { parseDocument } from "yaml";
import { parseJson } from "../../../../server/core/strict-json.js";
import type { Report } from "./faults.js";
import { isMembers } from "./fields.js";

const name = "AssumeRolePolicyDocument";

/** `properties`: of a role, its functions resolved. */
export function readTrustPolicyText(properties: unknown, path: string, report: Report): unknown {
  if (!isMembers(properties)) return properties;
  const text = properties[name];
  if (typeof text !== "string") return properties;
  const document = parseJson(text);
  // Of two equal names JSON.parse keeps the last, and AWS may keep the other.
  const [twice] = parseDocument(text, { uniqueKeys: true }).errors;
  if (isMembers(document) && twice === undefined) return { ...properties, [name]: document };
  report(`${path}.${name}`, "is text that is not a JSON object whose names are unique");
  return properties;
}
