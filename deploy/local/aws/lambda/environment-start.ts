// How an execution environment of one version of a function is started: its variables, its flags, its session of the
// execution role, all asked for anew at each start.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../../../server/ports.js";
import type { FunctionDefinition } from "../model.js";
import type { BuiltFunction } from "./build.js";
import { Environment } from "./environment.js";
import type { PrintedLine } from "./environment-log.js";
import type { Keeper } from "./keeper.js";
import {
  environmentVariables,
  type FunctionCredentials,
  logFormatOf,
  logLevelOf,
  nodeOptionsOf,
  runtimeContext,
} from "./runtime-environment.js";
import type { StartGate } from "./start-gate.js";

export interface StartSettings {
  readonly workerFile: string;
  readonly keeper: Keeper;
  readonly startGate: StartGate;
  readonly clock: Clock;
  readonly credentialsOf: (definition: FunctionDefinition) => FunctionCredentials | undefined;
  readonly endpointUrl: string | undefined;
}

export const environmentStart = (
  built: BuiltFunction,
  version: string,
  settings: StartSettings,
  printed: (line: PrintedLine) => void,
): (() => Environment) => {
  const { definition, folder, handlerFile, exportPath, program, imageEnvironment } = built;
  const { workerFile, keeper, startGate, clock, credentialsOf, endpointUrl } = settings;
  return () => {
    const context = runtimeContext(definition, randomUUID().replaceAll("-", ""), clock(), version);
    const [logFormat, logLevel] = [logFormatOf(definition), logLevelOf(definition)];
    const credentials = credentialsOf(definition);
    const variables = { definition, context, taskRoot: folder, credentials, endpointUrl, imageEnvironment };
    return new Environment({
      ...{ workerFile, keeper, startGate, folder },
      environmentVariables: environmentVariables(variables),
      nodeOptions: nodeOptionsOf(definition),
      load: { handlerFile, exportPath, context, logFormat, logLevel },
      ...(program && { program }),
      memoryMb: definition.memoryMb,
      timeoutSeconds: definition.timeoutSeconds,
      printed,
    });
  };
};
