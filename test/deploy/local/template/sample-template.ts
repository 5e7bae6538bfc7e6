// Templates written to a folder of the test's own and loaded, and the pieces they are made of.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionDefinition, Role, Template } from "../../../../deploy/local/aws/model.js";
import { TemplateError } from "../../../../deploy/local/aws/template/faults.js";
import { loadTemplate, type TemplateSettings } from "../../../../deploy/local/aws/template/load-template.js";

export const stack: TemplateSettings = { accountId: "123456789012", region: "eu-west-1", stackName: "s" };
export const sam = "Transform: AWS::Serverless-2016-10-31\n";

export interface TemplateFolder {
  readonly path: string;
  readonly load: (text: string, settings?: Partial<TemplateSettings>) => Promise<Template>;
  /** `place: message` of each fault; none when the template loads. */
  readonly faultsOf: (text: string, settings?: Partial<TemplateSettings>) => Promise<string[]>;
  readonly remove: () => void;
}

export function templateFolder(): TemplateFolder {
  const path = mkdtempSync(join(tmpdir(), "template-"));
  const file = join(path, "template.yaml");
  const load = (text: string, settings: Partial<TemplateSettings> = {}): Promise<Template> => {
    writeFileSync(file, text);
    return loadTemplate(file, { ...stack, ...settings });
  };
  const faultsOf = async (text: string, settings: Partial<TemplateSettings> = {}): Promise<string[]> => {
    try {
      await load(text, settings);
      return [];
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      if (!error.message.startsWith(`${file}:\n  `)) throw error;
      return error.faults.map((fault) => `${fault.path}: ${fault.message}`);
    }
  };
  return { path, load, faultsOf, remove: () => rmSync(path, { recursive: true }) };
}

export const code = "CodeUri: src/, Handler: app.handler, Runtime: nodejs24.x";

/** `X: { Type: ..., Properties: { ... } }` */
export const resource = (type: string, properties: string, more = "", id = "X"): string =>
  `${id}: { Type: ${type}, Properties: { ${properties} } ${more} }`;
export const fn = (properties = "", more = "", id = "Fn"): string =>
  resource("AWS::Serverless::Function", `${code}, ${properties}`, more, id);

const trusted = (principal: string): string =>
  `AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: ${principal}, Action: sts:AssumeRole } }`;
export const trust = trusted("{ AWS: '*' }");
export const lambdaTrust = trusted("{ Service: lambda.amazonaws.com }");
export const role = (properties = "", id = "X"): string =>
  resource("AWS::IAM::Role", `${trust}, ${properties}`, "", id);

export const policyDocument = (action = "s3:GetObject", more = ""): string =>
  `{ Version: '2012-10-17', Statement: [{ Effect: Allow, Action: '${action}', Resource: '*' ${more} }] }`;

/** A SAM template of these resources. */
export const samTemplate = (...resources: readonly string[]): string =>
  `${sam}Resources:\n${resources.map((one) => `  ${one}\n`).join("")}`;
export const template = (...resources: readonly string[]): string =>
  samTemplate(...resources).replace(sam, "");

export function firstFunction({ functions }: Template): FunctionDefinition {
  const [definition] = functions as [FunctionDefinition];
  return definition;
}

export function roleNamed({ roles }: Template, pattern: RegExp): Role {
  const found = roles.find(({ name }) => pattern.test(name));
  if (!found) throw new Error(`no role matches ${pattern.source}`);
  return found;
}
