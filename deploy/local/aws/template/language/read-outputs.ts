// The Outputs of a template: nothing here uses them, but a fault in one fails the deployment.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
import type { Report } from "../faults.js";
import type { Fields } from "../fields.js";
import { resolveIntrinsics, type Scope } from "./intrinsics.js";
import { asText } from "./list-functions.js";

export function readOutputs(outputs: Fields, scope: Scope, report: Report): void {
  if (outputs.names().length === 0) report("Outputs", "must have a member");
  if (outputs.names().length > 200) report("Outputs", "has more than 200 members");
  for (const name of outputs.names()) {
    const output = outputs.object(name);
    if (!/^[A-Za-z0-9]{1,255}$/.test(name)) report(output.path, "an output's name is letters and digits");
    output.text("Description", /^[^]{0,1024}$/, "");
    const condition = output.has("Condition") ? output.text("Condition", /./) : undefined;
    const holds = condition === undefined ? true : scope.condition(condition);
    if (holds === undefined)
      output.fault("Condition", `"${condition ?? ""}" is not a condition of this template`);
    const names = holds === false ? scope.undeployed : scope;
    const value = resolveIntrinsics(output.any("Value"), names, output.at("Value"), report);
    if (asText(value) === undefined) output.fault("Value", "must be a string");
    const exported = output.object("Export");
    resolveIntrinsics(exported.any("Name"), names, exported.at("Name"), report);
    exported.end();
    output.end();
  }
}
