// What a function sees of the place it runs in: Lambda's environment variables and the constant part of `context`.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. Pure.
import type { FunctionDefinition } from "../model.js";
import type { InvocationContext } from "./invocation.js";

export const regionOf = ({ arn }: FunctionDefinition): string => arn.split(":")[3] ?? "";
export const accountIdOf = ({ arn }: FunctionDefinition): string => arn.split(":")[4] ?? "";

/** `instanceId` (32 hex digits) tells execution environments apart; `now` is epoch milliseconds. */
export const runtimeContext = (
  definition: FunctionDefinition,
  instanceId: string,
  now: number,
): InvocationContext => {
  const qualifier = definition.url?.qualifier;
  // The twin has no history of versions: an alias points at the first one that was published.
  const functionVersion = qualifier === undefined ? "$LATEST" : "1";
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    functionName: definition.name,
    functionVersion,
    invokedFunctionArn: qualifier === undefined ? definition.arn : `${definition.arn}:${qualifier}`,
    memoryLimitInMB: String(definition.memoryMb),
    logGroupName: `/aws/lambda/${definition.name}`,
    logStreamName: `${day}/[${functionVersion}]${instanceId}`,
  };
};

/** Nothing of the twin's own environment; no AWS credentials, since the twin models no execution roles. */
export const environmentVariables = (
  definition: FunctionDefinition,
  context: InvocationContext,
  taskRoot: string,
): Record<string, string> => ({
  ...definition.environment,
  AWS_REGION: regionOf(definition),
  AWS_DEFAULT_REGION: regionOf(definition),
  AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: definition.name,
  AWS_LAMBDA_FUNCTION_VERSION: context.functionVersion,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: context.memoryLimitInMB,
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_GROUP_NAME: context.logGroupName,
  AWS_LAMBDA_LOG_STREAM_NAME: context.logStreamName,
  LAMBDA_TASK_ROOT: taskRoot,
  LANG: "en_US.UTF-8",
  PATH: "/usr/local/bin:/usr/bin:/bin",
  TZ: ":UTC",
  _HANDLER: definition.handler,
});
