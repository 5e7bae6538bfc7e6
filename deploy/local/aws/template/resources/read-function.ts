// AWS::Lambda::Function -> what of FunctionDefinition stands in the function itself; alias, URL and permissions are
// resources of their own.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
// Not done: images, code in S3, file systems, code signing; each is refused by name.
import type { FunctionDefinition } from "../../model.js";
import { readBuild } from "./read-build.js";
import { readCode } from "./read-code.js";
import { readEnvironment } from "./read-environment.js";
import type { Note, Report } from "../faults.js";
import type { Fields } from "../fields.js";
import { readTags } from "./read-tags.js";

export interface FunctionNames {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

export interface FunctionSite {
  readonly templateFolder: string;
  readonly metadata: unknown;
  readonly path: string;
  readonly report: Report;
  readonly note: Note;
}

/** A function whose role and layers are not looked up yet: they may stand further down in the template. */
export interface ReadFunction {
  readonly definition: FunctionDefinition;
  readonly roleArn: string;
  readonly layerArns: readonly string[];
  readonly path: string;
  readonly report: Report;
}

const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;

export function readFunction(names: FunctionNames, properties: Fields, site: FunctionSite): ReadFunction {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(names.name))
    properties.fault("FunctionName", `${names.name} is not a function name`);
  properties.ignore("FunctionName");
  checkPlatform(properties, site);
  const reserved = properties.has("ReservedConcurrentExecutions")
    ? { reservedConcurrency: properties.integer("ReservedConcurrentExecutions", [0, 900]) }
    : {};
  const build = readBuild(site.metadata, `${site.path}.Metadata`, site.report, site.note);
  const handler = properties.text("Handler", /^(?=.{1,128}$)([^\s./]+\/)*[^\s./]+\.[^\s./]+$/);
  const definition: FunctionDefinition = {
    ...names,
    ...readCode(properties, handler, site),
    handler,
    runtime: properties.oneOf("Runtime", runtimes),
    timeoutSeconds: properties.integer("Timeout", [1, 900], 3),
    memoryMb: properties.integer("MemorySize", [128, 10_240], 128),
    environment: readEnvironment(properties.object("Environment"), site.report),
    ...reserved,
    ...readLogging(properties.object("LoggingConfig")),
    ...(build === undefined ? {} : { build }),
  };
  const roleArn = properties.text("Role", /./);
  const layerArns = properties.textsMatching("Layers", /./, 5);
  properties.end();
  return { definition, roleArn, layerArns, path: properties.path, report: site.report };
}

/** Read and not used: the twin runs on the machine that it is on. */
function checkPlatform(properties: Fields, { report, note }: FunctionSite): void {
  properties.text("Description", /^[^]{0,256}$/, "");
  properties.textsMatching("Architectures", /^(arm64|x86_64)$/, 1);
  properties.oneOf("PackageType", ["Zip"], "Zip");
  properties.oneOf("RecursiveLoop", ["Terminate", "Allow"], "Terminate");
  const storage = properties.object("EphemeralStorage");
  storage.integer("Size", [512, 10_240], 512);
  storage.end();
  const snapshots = properties.object("SnapStart");
  // Lambda has no snapshots of Node.js.
  snapshots.oneOf("ApplyOn", ["None"], "None");
  snapshots.end();
  const updates = properties.object("RuntimeManagementConfig");
  updates.oneOf("UpdateRuntimeOn", ["Auto", "FunctionUpdate"], "Auto");
  updates.end();
  if (properties.has("Tags")) readTags(properties, report);
  if (properties.has("VpcConfig")) note(`${properties.at("VpcConfig")}: the function runs in no VPC here`);
  const vpc = properties.object("VpcConfig");
  vpc.ignore("SecurityGroupIds", "SubnetIds", "Ipv6AllowedForDualStack");
  vpc.end();
  const tracing = properties.object("TracingConfig");
  tracing.oneOf("Mode", ["PassThrough", "Active"], "PassThrough");
  tracing.end();
  const failed = properties.object("DeadLetterConfig");
  failed.text("TargetArn", /^arn:/, "arn:");
  failed.end();
  properties.text("KmsKeyArn", /^arn:/, "arn:");
}

function readLogging(logging: Fields): Pick<FunctionDefinition, "logFormat" | "logLevel"> {
  const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
  const has = (name: string): boolean => logging.has(name);
  const format = has("LogFormat") ? { logFormat: logging.oneOf("LogFormat", ["JSON", "Text"]) } : {};
  const level = has("ApplicationLogLevel") ? { logLevel: logging.oneOf("ApplicationLogLevel", levels) } : {};
  if (has("SystemLogLevel")) logging.oneOf("SystemLogLevel", ["DEBUG", "INFO", "WARN"]);
  for (const name of ["ApplicationLogLevel", "SystemLogLevel"])
    if (has(name) && format.logFormat !== "JSON") logging.fault(name, "needs LogFormat JSON");
  logging.text("LogGroup", /^[.\-_/#A-Za-z0-9]{1,512}$/, "none");
  logging.end();
  return { ...format, ...level };
}
