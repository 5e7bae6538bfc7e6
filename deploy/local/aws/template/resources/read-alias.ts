// AWS::Lambda::Alias and AWS::Lambda::Version, as a first deployment leaves them: one version of a function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
// A RoutingConfig would name a version that this template has not published; `grantway release` shifts aliases.
import type { Note } from "../faults.js";
import type { Fields } from "../fields.js";
import { readFunctionReference } from "./function-reference.js";
import type { StackSettings } from "./resource-names.js";

export interface ReadAlias {
  readonly logicalId: string;
  readonly functionName: string;
  readonly alias: string;
  /** "$LATEST" or a number. */
  readonly version: string;
  readonly fields: Fields;
}

export interface AliasSite {
  readonly logicalId: string;
  readonly stack: StackSettings;
  readonly note: Note;
}

export function readAlias(fields: Fields, { logicalId, stack, note }: AliasSite): ReadAlias {
  const alias = {
    logicalId,
    functionName: readFunctionName(fields, stack),
    alias: fields.text("Name", /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/),
    version: fields.scalar("FunctionVersion", /^(\$LATEST|\d{1,10})$/),
    fields,
  };
  fields.text("Description", /^[^]{0,256}$/, "");
  readRouting(fields);
  if (fields.has("ProvisionedConcurrencyConfig"))
    note(`${fields.at("ProvisionedConcurrencyConfig")}: is read and changes nothing here`);
  fields.end();
  return alias;
}

/** One that names no version is a usual one: the shift is over. */
function readRouting(fields: Fields): void {
  const routing = fields.object("RoutingConfig");
  if (routing.list("AdditionalVersionWeights").length > 0)
    routing.fault("AdditionalVersionWeights", "names a second version, and a first deployment publishes one");
  routing.end();
}

export interface ReadVersion {
  readonly logicalId: string;
  readonly functionName: string;
  readonly fields: Fields;
}

export function readVersion(fields: Fields, { logicalId, stack, note }: AliasSite): ReadVersion {
  const version = { logicalId, functionName: readFunctionName(fields, stack), fields };
  fields.text("Description", /^[^]{0,256}$/, "");
  fields.ignore("CodeSha256");
  if (fields.has("ProvisionedConcurrencyConfig"))
    note(`${fields.at("ProvisionedConcurrencyConfig")}: is read and changes nothing here`);
  fields.end();
  return version;
}

/** An alias and a version are of a function, not of one of its aliases. */
function readFunctionName(fields: Fields, stack: StackSettings): string {
  const { name, qualifier } = readFunctionReference(fields, "FunctionName", stack);
  if (qualifier !== undefined)
    fields.fault("FunctionName", `${qualifier} is a qualifier, and there can be none`);
  return name;
}
