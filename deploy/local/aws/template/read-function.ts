// AWS::Serverless::Function, with Globals.Function applied -> FunctionDefinition.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
// Not modelled: execution roles, events, layers, VPC, CORS of the URL; each is refused by name.
import { resolve } from "node:path";
import type { FunctionDefinition, FunctionUrlConfig } from "../model.js";
import { unsupported, type Report } from "./faults.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { urlId } from "./stable-id.js";

export interface FunctionNames {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: names that Lambda keeps for itself.
const reservedVariable =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/** SAM's rule: a map is merged, anything else is replaced. It appends lists, which is refused here. */
export function applyGlobals(globals: Members, own: Members, path: string, report: Report): Members {
  const merged = new Map(Object.entries(globals));
  for (const [name, value] of Object.entries(own)) {
    const base = merged.get(name);
    const isMap = isMembers(base) && isMembers(value);
    if (Array.isArray(base) && Array.isArray(value)) {
      report(`${path}.${name}`, `a list in Globals as well ${unsupported}`);
    }
    merged.set(name, isMap ? applyGlobals(base, value, `${path}.${name}`, report) : value);
  }
  return Object.fromEntries(merged);
}

export function readFunction(
  names: FunctionNames,
  properties: Fields,
  metadata: unknown,
  templateFolder: string,
  report: Report,
): FunctionDefinition {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(names.name)) {
    report(`${properties.path}.FunctionName`, `${names.name} is not a function name`);
  }
  properties.ignore("FunctionName", "Description");
  checkPlatform(properties, report);
  // All digits would be a version, and a URL cannot hang on one.
  const alias = properties.has("AutoPublishAlias")
    ? { alias: properties.text("AutoPublishAlias", /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/) }
    : {};
  const url = properties.has("FunctionUrlConfig")
    ? { url: readUrl(properties.object("FunctionUrlConfig"), names.arn, alias.alias) }
    : {};
  const reserved = properties.has("ReservedConcurrentExecutions")
    ? { reservedConcurrency: properties.integer("ReservedConcurrentExecutions", [0, 1000]) }
    : {};
  const definition: FunctionDefinition = {
    ...names,
    ...alias,
    ...url,
    codeFolder: resolve(templateFolder, properties.text("CodeUri", /^(?!.*:\/\/).+$/)),
    handler: properties.text("Handler", /^([^\s./]+\/)*[^\s./]+\.[^\s./]+$/),
    runtime: properties.oneOf("Runtime", runtimes),
    timeoutSeconds: properties.integer("Timeout", [1, 900], 3),
    memoryMb: properties.integer("MemorySize", [128, 10_240], 128),
    environment: readEnvironment(properties.object("Environment"), report),
    ...reserved,
    ...(metadata === undefined ? {} : { build: readBuild(metadata, names.logicalId, report) }),
  };
  properties.end();
  return definition;
}

/** Read and not used: the twin runs on the machine that it is on, and logs in its own way. */
function checkPlatform(properties: Fields, report: Report): void {
  for (const one of properties.texts("Architectures")) {
    const isKnown = one === "arm64" || one === "x86_64";
    if (!isKnown) report(`${properties.path}.Architectures`, `${one} ${unsupported}`);
  }
  const logging = properties.object("LoggingConfig");
  logging.oneOf("LogFormat", ["JSON", "Text"], "Text");
  logging.end();
}

/** AuthType NONE is refused: it needs public permissions of which the twin knows too little. */
function readUrl(config: Fields, arn: string, alias: string | undefined): FunctionUrlConfig {
  const url = {
    authType: config.oneOf("AuthType", ["AWS_IAM"]),
    invokeMode: config.oneOf("InvokeMode", ["BUFFERED", "RESPONSE_STREAM"], "BUFFERED"),
    ...(alias === undefined ? {} : { qualifier: alias }),
    urlId: urlId(alias === undefined ? arn : `${arn}:${alias}`),
  };
  config.end();
  return url;
}

function readEnvironment(environment: Fields, report: Report): Record<string, string> {
  const variables = environment.object("Variables");
  environment.end();
  const entries = variables.names().map((name): [string, string] => {
    const value = variables.any(name);
    const path = `${variables.path}.${name}`;
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) report(path, "is not the name of an environment variable");
    if (reservedVariable.test(name)) report(path, "is a name that Lambda keeps for itself");
    if (typeof value === "object") report(path, "must be a string");
    return [name, String(value)];
  });
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes > 4096) report(variables.path, "is over Lambda's 4 KB");
  return Object.fromEntries(entries);
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html */
function readBuild(
  value: unknown,
  logicalId: string,
  report: Report,
): NonNullable<FunctionDefinition["build"]> {
  const metadata = readFields(value, `Resources.${logicalId}.Metadata`, report);
  metadata.oneOf("BuildMethod", ["esbuild"]);
  const settings = metadata.object("BuildProperties");
  metadata.end();
  const entryPoints = settings.texts("EntryPoints");
  if (entryPoints.length === 0) report(`${settings.path}.EntryPoints`, "must name a file");
  const extensions = settings.texts("OutExtension", [".js=.js"]);
  const [, outExtension] = /^\.js=(\.[cm]?js)$/.exec(extensions[0] ?? "") ?? [];
  if (extensions.length !== 1 || outExtension === undefined) {
    report(`${settings.path}.OutExtension`, `${extensions.join(", ")} ${unsupported}; it takes .js=.mjs`);
  }
  const build = {
    entryPoints,
    format: settings.oneOf("Format", ["esm", "cjs"], "cjs"),
    outExtension: outExtension ?? ".js",
    target: settings.text("Target", /^[a-z0-9.]+$/, "es2020"),
  };
  settings.ignore("Minify", "Sourcemap");
  settings.end();
  return build;
}
