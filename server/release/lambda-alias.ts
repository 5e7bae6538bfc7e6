// One function's alias through the AWS SDK. Everything that changes something carries a precondition.
import {
  type AliasConfiguration,
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { accept } from "../core/result.js";
import { awsFault } from "./aws-fault.js";
import type { AliasState, FunctionAlias, VersionState } from "./ports.js";

export interface AliasName {
  /** A name or an ARN, without a qualifier. */
  readonly functionName: string;
  readonly alias: string;
}

export function lambdaAlias(client: LambdaClient, { functionName, alias }: AliasName): FunctionAlias {
  const named = { FunctionName: functionName, Name: alias };
  const of = (action: string, qualifier?: string): string =>
    `lambda:${action} on ${functionName}${qualifier === undefined ? "" : `:${qualifier}`}`;
  return {
    read: () =>
      client
        .send(new GetAliasCommand(named))
        .then((answer) => accept(toAlias(answer)))
        .catch((error: unknown) => awsFault(error, of("GetAlias", alias))),
    update: ({ functionVersion, description, additional, revisionId }) => {
      const weights = additional === null ? {} : { [additional.version]: additional.weight };
      const command = new UpdateAliasCommand({
        ...named,
        ...(functionVersion !== undefined && { FunctionVersion: functionVersion }),
        RoutingConfig: { AdditionalVersionWeights: weights },
        Description: description,
        RevisionId: revisionId,
      });
      return client
        .send(command)
        .then((answer) => accept(toAlias(answer)))
        .catch((error: unknown) => awsFault(error, of("UpdateAlias", alias)));
    },
    describe: (version) =>
      client
        .send(new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: version }))
        .then((answer) => accept(toVersion(answer)))
        .catch((error: unknown) => awsFault(error, of("GetFunctionConfiguration", version))),
    publish: (codeSha256) =>
      client
        .send(new PublishVersionCommand({ FunctionName: functionName, CodeSha256: codeSha256 }))
        .then((answer) => accept(toVersion(answer)))
        .catch((error: unknown) => awsFault(error, of("PublishVersion"))),
  };
}

function toAlias(answer: AliasConfiguration): AliasState {
  const { FunctionVersion = "", Description = "", RevisionId = "", RoutingConfig } = answer;
  const [[version, weight] = []] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    ...{ functionVersion: FunctionVersion, description: Description, revisionId: RevisionId },
    ...(version !== undefined && weight !== undefined && { additional: { version, weight } }),
  };
}

function toVersion(answer: FunctionConfiguration): VersionState {
  const { Version: version = "", CodeSha256: codeSha256 = "", State, StateReason: reason } = answer;
  // An inactive version wakes with its first call.
  const state = State === "Pending" || State === "Failed" ? State : "Active";
  return { version, codeSha256, state, ...(reason !== undefined && { reason }) };
}
