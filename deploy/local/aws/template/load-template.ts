// Reads a SAM template as it is deployed -> what the twin runs. Understands what deploy/aws/functions.yaml uses;
// anything else fails the load, all faults at once, each with its place.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Template } from "../model.js";
import { TemplateError, type Fault, type Report } from "./faults.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { resolveIntrinsics } from "./intrinsics.js";
import { readParameters } from "./read-parameters.js";
import { readYaml } from "./read-yaml.js";
import { readResources } from "./read-resources.js";
import { createScope, type StackScope, type StackSettings } from "./scope.js";

export interface TemplateSettings extends StackSettings {
  /** Values for the template's Parameters; those with a Default may be left out. */
  readonly parameters?: Readonly<Record<string, string>>;
}

// Everything that SAM lets stand in Globals and that the twin knows of.
const globalProperties = [
  ...[
    "Runtime",
    "Architectures",
    "MemorySize",
    "Timeout",
    "Handler",
    "CodeUri",
    "Environment",
    "LoggingConfig",
  ],
  ...["AutoPublishAlias", "FunctionUrlConfig", "ReservedConcurrentExecutions", "Description"],
];

/** Throws a TemplateError that names the file and every fault. */
export function loadTemplate(file: string, settings: TemplateSettings): Template {
  const faults: Fault[] = [];
  const report: Report = (path, message) => {
    const isNew = !faults.some((fault) => fault.path === path && fault.message === message);
    if (isNew) faults.push({ path, message });
  };
  const document = readYaml(readFileSync(file, "utf8"), report);
  const template = isMembers(document)
    ? readTemplate(document, dirname(resolve(file)), settings, report)
    : undefined;
  if (template === undefined && faults.length === 0) report("", "is not a template");
  if (template === undefined || faults.length > 0) throw new TemplateError(file, faults);
  return template;
}

function readTemplate(
  document: Members,
  folder: string,
  settings: TemplateSettings,
  report: Report,
): Template {
  checkSettings(settings, report);
  const sections = readFields(document, "", report);
  sections.text("AWSTemplateFormatVersion", /^2010-09-09$/, "2010-09-09");
  sections.text("Transform", /^AWS::Serverless-2016-10-31$/);
  sections.ignore("Description", "Metadata");
  const globals = sections.object("Globals");
  const functionGlobals = readGlobals(globals, report);
  const parameters = readParameters(sections.object("Parameters"), settings.parameters ?? {}, report);
  const resources = sections.any("Resources");
  if (!isMembers(resources)) report("Resources", "must be an object");
  const members = isMembers(resources) ? resources : {};
  const scope = createScope({ resources: members, globals: functionGlobals, parameters, settings }, report);
  checkOutputs(sections.object("Outputs"), scope, report);
  sections.end();
  const { accountId, region, stackName } = settings;
  const read = readResources({ resources: members, globals: functionGlobals, scope, folder, report });
  return { accountId, region, stackName, ...read, managedPolicies: [], oidcProviders: [], notices: [] };
}

function checkSettings({ accountId, region, stackName }: TemplateSettings, report: Report): void {
  if (!/^\d{12}$/.test(accountId)) report("", `account id ${accountId} is not 12 digits`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) report("", `${region} is not a region`);
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName)) report("", `${stackName} is not a stack name`);
}

function readGlobals(globals: Fields, report: Report): Members {
  const value = globals.any("Function") ?? {};
  globals.end();
  const names = readFields(value, "Globals.Function", report);
  names.ignore(...globalProperties);
  names.end();
  return isMembers(value) ? value : {};
}

function checkOutputs(outputs: Fields, scope: StackScope, report: Report): void {
  for (const name of outputs.names()) {
    const output = outputs.object(name);
    output.ignore("Description");
    for (const part of ["Value", "Export"])
      resolveIntrinsics(output.any(part), scope, `${output.path}.${part}`, report);
    output.end();
  }
}
