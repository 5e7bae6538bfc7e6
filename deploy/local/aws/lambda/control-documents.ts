// A function's version and an alias as Lambda's control API describes them.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html, API_AliasConfiguration.html. Pure.
import type { FunctionDefinition } from "../model.js";
import type { BuiltCode } from "./deployed-function.js";
import type { Alias, Version } from "./versions.js";

/** `qualifier`: what the ARN ends in; the bare one where nothing was asked for. */
export const configurationDocument = (
  definition: FunctionDefinition,
  { version, code, description, revisionId, lastModified }: Version<BuiltCode>,
  qualifier: string | undefined,
): object => ({
  FunctionName: definition.name,
  FunctionArn: qualifier === undefined ? definition.arn : `${definition.arn}:${qualifier}`,
  // An image brings its own.
  ...(definition.image === undefined && { Runtime: definition.runtime, Handler: definition.handler }),
  ...(definition.executionRoleArn === undefined ? {} : { Role: definition.executionRoleArn }),
  CodeSize: code.codeSize,
  CodeSha256: code.codeSha256,
  Description: description,
  Timeout: definition.timeoutSeconds,
  MemorySize: definition.memoryMb,
  LastModified: new Date(lastModified).toISOString().replace("Z", "+0000"),
  Version: version,
  RevisionId: revisionId,
  Environment: { Variables: definition.environment },
  TracingConfig: { Mode: definition.tracingMode ?? "PassThrough" },
  PackageType: definition.image === undefined ? "Zip" : "Image",
  // A version is there when it is published: nothing is copied and no network is made here.
  State: "Active",
  LastUpdateStatus: "Successful",
});

export const aliasDocument = (
  { arn }: FunctionDefinition,
  { name, functionVersion, description, revisionId, additional }: Alias,
): object => ({
  AliasArn: `${arn}:${name}`,
  Name: name,
  FunctionVersion: functionVersion,
  Description: description,
  RevisionId: revisionId,
  ...(additional === undefined
    ? {}
    : { RoutingConfig: { AdditionalVersionWeights: { [additional.version]: additional.weight } } }),
});
