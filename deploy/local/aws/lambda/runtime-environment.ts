// What a function sees of the place it runs in: Lambda's environment variables and the constant part of `context`.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. Pure.
import { arnParts } from "../../../../server/core/arn.js";
import type { FunctionDefinition } from "../model.js";
import type { InvocationContext, LogLevel } from "./invocation.js";

export const regionOf = ({ arn }: FunctionDefinition): string => arnParts(arn).region;
export const accountIdOf = ({ arn }: FunctionDefinition): string => arnParts(arn).accountId;

const LATEST = "$LATEST";

/** `instanceId` (32 hex digits) tells execution environments apart; `now` is epoch milliseconds. */
export const runtimeContext = (
  definition: FunctionDefinition,
  instanceId: string,
  now: number,
  functionVersion: string = LATEST,
): InvocationContext => {
  const qualifier = definition.url?.qualifier;
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    functionName: definition.name,
    functionVersion,
    invokedFunctionArn: qualifier === undefined ? definition.arn : `${definition.arn}:${qualifier}`,
    memoryLimitInMB: String(definition.memoryMb),
    logGroupName: `/aws/lambda/${definition.name}`,
    logStreamName: `${day}/[${functionVersion}]${instanceId}`,
    // Gone with nodejs24.x. Before, it said nothing about a handler that returns a promise.
    ...(definition.runtime < "nodejs24" && { callbackWaitsForEmptyEventLoop: true }),
  };
};

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface VariablesInput {
  readonly definition: FunctionDefinition;
  readonly context: InvocationContext;
  readonly taskRoot: string;
  /** A session of the execution role; absent where the template has none. */
  readonly credentials: FunctionCredentials | undefined;
  /** Where the function's own AWS SDK finds this AWS. */
  readonly endpointUrl: string | undefined;
  /** What its image sets. */
  readonly imageEnvironment?: Readonly<Record<string, string>> | undefined;
}

export const LAMBDA_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Nothing of the twin's own environment. */
export const environmentVariables = (input: VariablesInput): Record<string, string> => {
  const { definition, context, taskRoot, credentials, endpointUrl, imageEnvironment } = input;
  return {
    // First what the template's own variables may replace.
    ...(endpointUrl !== undefined && { AWS_ENDPOINT_URL: endpointUrl }),
    ...(definition.build?.sourcemap === true && { NODE_OPTIONS: "--enable-source-maps" }),
    LANG: "en_US.UTF-8",
    PATH: LAMBDA_PATH,
    TZ: ":UTC",
    ...imageEnvironment,
    ...definition.environment,
    AWS_REGION: regionOf(definition),
    AWS_DEFAULT_REGION: regionOf(definition),
    // Neither custom runtimes nor images have it.
    ...(definition.runtime.startsWith("nodejs") && { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: context.functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: context.memoryLimitInMB,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: logFormatOf(definition),
    ...(definition.logLevel && { AWS_LAMBDA_LOG_LEVEL: definition.logLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: context.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: context.logStreamName,
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    }),
    LAMBDA_TASK_ROOT: taskRoot,
    // An image has none.
    ...(definition.handler !== "" && { _HANDLER: definition.handler }),
  };
};

export const logFormatOf = ({ logFormat = "Text" }: FunctionDefinition): "JSON" | "Text" => logFormat;

/** Where lines are text, nothing is filtered; INFO is what Lambda sets for JSON. */
export const logLevelOf = (definition: FunctionDefinition): LogLevel =>
  logFormatOf(definition) === "JSON" ? (definition.logLevel ?? "INFO") : "TRACE";

/** Node has by default what Lambda turns off: code that relies on it works here and fails there. */
const OFF_ON_LAMBDA = ["experimental-require-module", "experimental-detect-module"];

/**
 * The flags that Lambda starts Node with. Each gives way to the template's NODE_OPTIONS, as there: V8's heap at 90 % of
 * the memory and its young part at 5 %. `known` tells which flags this machine's Node has.
 */
export const nodeOptionsOf = (
  { memoryMb, environment }: FunctionDefinition,
  known: (flag: string) => boolean = (flag) => process.allowedNodeEnvironmentFlags.has(flag),
): string[] => {
  const own = (environment.NODE_OPTIONS ?? "").replaceAll("_", "-");
  const heap = /--max-(?:old|semi)-space-size/.test(own)
    ? []
    : [`--max-old-space-size=${share(memoryMb, 90)}`, `--max-semi-space-size=${share(memoryMb, 5)}`];
  const off = OFF_ON_LAMBDA.filter((name) => known(`--${name}`) && !own.includes(`--${name}`));
  return [...heap, ...off.map((name) => `--no-${name}`)];
};

const share = (memoryMb: number, percent: number): number =>
  Math.max(1, Math.floor((memoryMb * percent) / 100));
