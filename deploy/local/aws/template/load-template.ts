// Reads a SAM or CloudFormation template as it is deployed -> what the twin runs. What it does not understand fails the
// load, all faults at once, each with its place; what it understands and does not serve is a notice.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Template } from "../model.js";
import { samApi } from "./sam/expand-api.js";
import { readFunctionGlobals } from "./sam/apply-globals.js";
import { reportUnknownNames } from "./resources/check-names.js";
import { declareResources } from "./declare-resources.js";
import { createWaitsFor } from "./dependencies.js";
import { createReport, TemplateError, unsupported, type Fault, type Note, type Report } from "./faults.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { reportCircles } from "./find-circles.js";
import { resolveIntrinsics, type Scope } from "./language/intrinsics.js";
import { readConditions } from "./language/read-conditions.js";
import { readMappings } from "./language/read-mappings.js";
import { readOutputs } from "./language/read-outputs.js";
import { readParameters } from "./language/read-parameters.js";
import { readResources, type ReadResources } from "./resources/read-resources.js";
import { readTransform } from "./language/read-transform.js";
import { readYaml } from "./read-yaml.js";
import type { StackSettings } from "./resources/resource-names.js";
import { createParameterScope, createScope } from "./scope.js";

export interface TemplateSettings extends StackSettings {
  /** Values for the template's Parameters; those with a Default may be left out. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const largestTemplate = 1_048_576;

/** Rejects with a TemplateError that names the file and every fault. */
export async function loadTemplate(file: string, settings: TemplateSettings): Promise<Template> {
  const faults: Fault[] = [];
  const notices: string[] = [];
  const report = createReport(faults);
  const note: Note = (sentence) => {
    if (!notices.includes(sentence)) notices.push(sentence);
  };
  const text = readText(file);
  if (Buffer.byteLength(text) > largestTemplate) report("", `is over ${largestTemplate} bytes`);
  else {
    const document = readYaml(text, report);
    const read = isMembers(document)
      ? readTemplate(document, { folder: dirname(resolve(file)), settings, report, note })
      : undefined;
    if (read === undefined && faults.length === 0) report("", "is not a template");
    if (read !== undefined) {
      const { documents, ...resources } = read;
      await reportUnknownNames(documents);
      const { accountId, region, stackName } = settings;
      if (faults.length === 0) return { accountId, region, stackName, ...resources, notices };
    }
  }
  throw new TemplateError(file, faults);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : `cannot be read (${String(code)})`;
    throw new TemplateError(file, [{ path: "", message: why }]);
  }
}

interface Reading {
  readonly folder: string;
  readonly settings: TemplateSettings;
  readonly report: Report;
  readonly note: Note;
}

function readTemplate(document: Members, { folder, settings, report, note }: Reading): ReadResources {
  checkSettings(settings, report);
  const sections = readFields(document, "", report);
  sections.text("AWSTemplateFormatVersion", /^2010-09-09$/, "2010-09-09");
  sections.text("Description", /^[^]{0,1024}$/, "");
  sections.ignore("Metadata");
  const isSam = readTransform(sections.any("Transform"), report);
  const stack = settings;
  const parameters = readParameters(sections.object("Parameters"), settings.parameters ?? {}, report);
  const mappings = readMappings(sections.object("Mappings"), report);
  const values = { stack, parameters, mappings };
  const withoutConditions = createParameterScope(values, () => undefined);
  const conditions = readConditions(sections.object("Conditions"), withoutConditions, report);
  const parameterScope = createParameterScope(values, conditions);
  const globals = readGlobals(sections, isSam, note);
  const section = sections.any("Resources");
  if (!isMembers(section)) report("Resources", "must be an object");
  const members = isMembers(section) ? section : {};
  if (isMembers(section) && Object.keys(section).length === 0) report("Resources", "must have a member");
  const declared = declareResources(members, { globals, isSam, parameterScope, report, note });
  const scope = createScope(parameterScope, declared, stack, report);
  checkWhatSamTakesApart(members, globals, scope, report);
  reportCircles(declared, report);
  if (sections.has("Outputs")) readOutputs(sections.object("Outputs"), scope, report);
  sections.end();
  const waitsFor = createWaitsFor(declared, conditions);
  return readResources(declared.resources, { scope, stack, templateFolder: folder, report, note, waitsFor });
}

function checkSettings({ accountId, region, stackName }: TemplateSettings, report: Report): void {
  if (!/^\d{12}$/.test(accountId)) report("", `account id ${accountId} is not 12 digits`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) report("", `${region} is not a region`);
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName)) report("", `${stackName} is not a stack name`);
}

function readGlobals(sections: Fields, isSam: boolean, note: Note): Members {
  const globals = sections.object("Globals");
  if (globals.names().length > 0 && !isSam)
    sections.fault("Globals", `without SAM's Transform ${unsupported}`);
  const resources = sections.any("Resources");
  const hasApi = Object.values(isMembers(resources) ? resources : {}).some(
    (one) => isMembers(one) && one.Type === samApi,
  );
  // What it says may be who is kept out: an API of this template without it would be open.
  if (hasApi && globals.has("Api")) globals.fault("Api", `with an ${samApi} ${unsupported}`);
  for (const name of ["Api", "HttpApi", "SimpleTable"].filter((one) => globals.has(one)))
    note(`${globals.at(name)}: is not served here: the functions' URLs and Invoke are`);
  const functions = readFunctionGlobals(globals.object("Function"));
  globals.end();
  return functions;
}

/** What SAM takes a function apart from may hold values that no resource gets, and their faults count as well. */
function checkWhatSamTakesApart(section: Members, globals: Members, scope: Scope, report: Report): void {
  const check = (value: unknown, path: string): void =>
    void resolveIntrinsics(value, scope.undeployed, path, report);
  for (const [name, value] of Object.entries(globals)) check(value, `Globals.Function.${name}`);
  for (const [logicalId, resource] of Object.entries(section)) {
    const isFunction = isMembers(resource) && resource.Type === "AWS::Serverless::Function";
    if (isFunction) check(resource.Properties ?? {}, `Resources.${logicalId}.Properties`);
  }
}
