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
import { accept, refuse } from "../core/result.js";
import { awsFault } from "./aws-fault.js";
import type { AliasState, Fault, FunctionAlias, VersionState } from "./ports.js";

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
      const attempts = watchAttempts(command);
      return client
        .send(command)
        .then((answer) => accept(toAlias(answer)))
        .catch((error: unknown) => {
          const { denial } = awsFault(error, of("UpdateAlias", alias));
          return refuse<Fault>({ ...denial, ...(attempts.mayBeDone && { mayBeDone: true }) });
        });
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

/** The SDK tells of its last attempt only, and one before may have been done without an answer. */
function watchAttempts({ middlewareStack }: UpdateAliasCommand): { mayBeDone: boolean } {
  const seen = { mayBeDone: false };
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        seen.mayBeDone ||= !isRefusal(error);
        throw error;
      }
    },
    // Within the SDK's retries, and around all of an attempt: an answer may end in its middle.
    { step: "deserialize", priority: "high", name: "grantwayAttempts" },
  );
  return seen;
}

/** A 4xx: AWS did nothing. */
function isRefusal(error: unknown): boolean {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
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
