// The twin's Lambda: builds every function of a template, keeps their execution environments and serves their URLs.
// It does not listen; whoever creates the http.Server mounts the handlers.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../../server/ports.js";
import type { Caller, FunctionDefinition, Outcome, SignedRequest } from "../model.js";
import { buildFunction, type BuiltFunction, buildWorker } from "./build.js";
import { Environment } from "./environment.js";
import { createFunctionUrl, type LambdaLogEntry, type RequestHandler } from "./function-url.js";
import { Pool } from "./pool.js";
import { environmentVariables, runtimeContext } from "./runtime-environment.js";

export interface LambdaSettings {
  readonly functions: readonly FunctionDefinition[];
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (caller: Caller, definition: FunctionDefinition, sourceIp: string) => Outcome<void>;
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
  /** Where functions are built, in a folder of their own; the system's temporary folder if absent. */
  readonly temporaryFolder?: string;
}

export interface Lambda {
  /** The request handler of a function's URL; see createFunctionUrl for what its server needs. */
  urlHandler(definition: FunctionDefinition): RequestHandler;
  /** Ends every execution environment, running or not, and removes what was built. */
  close(): Promise<void>;
}

/** Rejects, naming every function that does not build. */
export const createLambda = async (settings: LambdaSettings): Promise<Lambda> => {
  const workspace = await mkdtemp(join(settings.temporaryFolder ?? tmpdir(), "grantway-lambda-"));
  const removeWorkspace = () => rm(workspace, { recursive: true, force: true });
  try {
    const workerFile = await buildWorker(workspace);
    const built = await buildAll(settings.functions, workspace);
    const pools = new Map(built.map((fn) => [fn.definition.logicalId, createPool(fn, workerFile, settings)]));
    return {
      urlHandler: (definition) => mountUrl(definition, pools.get(definition.logicalId), settings),
      close: async () => {
        await Promise.all([...pools.values()].map((pool) => pool.close()));
        await removeWorkspace();
      },
    };
  } catch (error) {
    await removeWorkspace();
    throw error;
  }
};

/** Waits for all of them, so that none still writes into the workspace when it is removed. */
const buildAll = async (
  functions: readonly FunctionDefinition[],
  workspace: string,
): Promise<readonly BuiltFunction[]> => {
  const build = (definition: FunctionDefinition) =>
    buildFunction(definition, join(workspace, definition.logicalId));
  const results = await Promise.allSettled(functions.map(build));
  const faults = results.filter((result) => result.status === "rejected").map(({ reason }) => String(reason));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
};

const createPool = (fn: BuiltFunction, workerFile: string, { clock, log }: LambdaSettings): Pool => {
  const { definition, folder, handlerFile, exportPath } = fn;
  const start = (): Environment => {
    const context = runtimeContext(definition, randomUUID().replaceAll("-", ""), clock());
    return new Environment({
      workerFile,
      input: { handlerFile, exportPath, context },
      environmentVariables: environmentVariables(definition, context, folder),
      memoryMb: definition.memoryMb,
      timeoutSeconds: definition.timeoutSeconds,
      printed: (message, requestId) =>
        log({ level: "info", functionName: definition.name, requestId, message }),
    });
  };
  return new Pool(start, definition.reservedConcurrency);
};

const mountUrl = (
  definition: FunctionDefinition,
  pool: Pool | undefined,
  { authenticate, authorize, clock, log }: LambdaSettings,
): RequestHandler => {
  if (pool === undefined || definition.url === undefined)
    throw new Error(`${definition.logicalId} has no function URL here`);
  return createFunctionUrl(definition, {
    pool,
    authenticate,
    authorize: (caller, sourceIp) => authorize(caller, definition, sourceIp),
    clock,
    log,
  });
};
