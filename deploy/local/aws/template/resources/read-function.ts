// AWS::Lambda::Function -> what of FunctionDefinition stands in the function itself; alias, URL and permissions are
// resources of their own.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
// Not done: code in S3, file systems, code signing; each is refused by name.
import type { FunctionDefinition } from "../../model.js";
import { readBuild } from "./read-build.js";
import { readCode } from "./read-code.js";
import { readEnvironment } from "./read-environment.js";
import { readImage } from "./read-image.js";
import { unsupported, type Note, type Report } from "../faults.js";
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
  /** A note on a property, told where the template has it. */
  readonly noteAt: (path: string, message: string) => void;
}

/** A function whose role and layers are not looked up yet: they may stand further down in the template. */
export interface ReadFunction {
  readonly definition: FunctionDefinition;
  readonly roleArn: string;
  readonly layerArns: readonly string[];
  readonly path: string;
  readonly report: Report;
}

const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x", "provided.al2023", "provided.al2"] as const;

export function readFunction(names: FunctionNames, properties: Fields, site: FunctionSite): ReadFunction {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(names.name))
    properties.fault("FunctionName", `${names.name} is not a function name`);
  properties.ignore("FunctionName");
  checkPlatform(properties, site);
  const reserved = properties.has("ReservedConcurrentExecutions")
    ? { reservedConcurrency: properties.integer("ReservedConcurrentExecutions", [0, 900]) }
    : {};
  const isImage = properties.oneOf("PackageType", ["Zip", "Image"], "Zip") === "Image";
  const definition: FunctionDefinition = {
    ...names,
    ...(isImage ? readImage(properties, site) : readZip(properties, site)),
    timeoutSeconds: properties.integer("Timeout", [1, 900], 3),
    memoryMb: properties.integer("MemorySize", [128, 10_240], 128),
    environment: readEnvironment(properties.object("Environment"), site.report),
    ...reserved,
    ...readTracing(properties.object("TracingConfig"), site),
    ...readLogging(properties.object("LoggingConfig")),
    ...readDeadLetters(properties.object("DeadLetterConfig")),
  };
  const roleArn = properties.text("Role", /./);
  const layerArns = properties.textsMatching("Layers", /./, 5);
  properties.end();
  return { definition, roleArn, layerArns, path: properties.path, report: site.report };
}

type ReadZip = Pick<FunctionDefinition, "codeFolder" | "inlineCode" | "handler" | "runtime" | "build">;

function readZip(properties: Fields, site: FunctionSite): ReadZip {
  const runtime = properties.oneOf("Runtime", runtimes);
  const build = readBuild(site.metadata, `${site.path}.Metadata`, site.report, site.note);
  const isCustom = runtime.startsWith("provided");
  if (isCustom && build !== undefined)
    site.report(`${site.path}.Metadata.BuildMethod`, `esbuild for ${runtime} ${unsupported}`);
  if (isCustom && properties.has("Layers")) properties.fault("Layers", `for ${runtime} ${unsupported}`);
  // What a custom runtime does with it is its own affair.
  const pattern = isCustom ? /^\S{1,128}$/ : /^(?=.{1,128}$)([^\s./]+\/)*[^\s./]+\.[^\s./]+$/;
  const handler = properties.text("Handler", pattern);
  const code = readCode(properties, handler, site);
  if (isCustom && code.inlineCode !== undefined)
    properties.fault("Code", `inline code needs a runtime of Lambda's own`);
  return { ...code, handler, runtime, ...(build === undefined ? {} : { build }) };
}

/** Read and not used: the twin runs on the machine that it is on. */
function checkPlatform(properties: Fields, { report, noteAt }: FunctionSite): void {
  properties.text("Description", /^[^]{0,256}$/, "");
  properties.textsMatching("Architectures", /^(arm64|x86_64)$/, 1);
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
  if (properties.has("VpcConfig")) noteAt(properties.at("VpcConfig"), "the function runs in no VPC here");
  const vpc = properties.object("VpcConfig");
  vpc.ignore("SecurityGroupIds", "SubnetIds", "Ipv6AllowedForDualStack");
  vpc.end();
  properties.text("KmsKeyArn", /^arn:/, "arn:");
}

function readTracing(tracing: Fields, { noteAt }: FunctionSite): Pick<FunctionDefinition, "tracingMode"> {
  const mode = tracing.oneOf("Mode", ["PassThrough", "Active"], "PassThrough");
  tracing.end();
  if (mode !== "Active") return {};
  noteAt(tracing.path, "traces are not recorded here");
  return { tracingMode: mode };
}

function readDeadLetters(config: Fields): Pick<FunctionDefinition, "deadLetterArn"> {
  const target = config.has("TargetArn") ? config.text("TargetArn", /^arn:aws:(sqs|sns):/) : "";
  config.end();
  return target === "" ? {} : { deadLetterArn: target };
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
