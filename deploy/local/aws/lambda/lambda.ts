// The twin's Lambda: builds every function of a template, keeps their execution environments and serves their URLs.
// It does not listen; whoever creates the http.Server mounts the handlers.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../../server/ports.js";
import type { Caller, FunctionDefinition, Outcome, Principal, SignedRequest } from "../model.js";
import { after, type After } from "../timer.js";
import { buildWorker } from "./build.js";
import { type Callee, createCallee, type FinishedCall } from "./callee.js";
import { type ControlApiSettings, createControlApi } from "./control-api.js";
import { DeployedFunction, type DeploySettings } from "./deployed-function.js";
import { createFunctionUrl, type LambdaLogEntry, type RequestHandler } from "./function-url.js";
import { createInvokeApi, type InvokeApiSettings } from "./invoke-api.js";
import { Keeper } from "./keeper.js";
import { LogTails } from "./log-tail.js";
import type { FunctionCredentials } from "./runtime-environment.js";
import { StartGate } from "./start-gate.js";
import { type CallFunction, createCallFunction } from "./service-call.js";
import { removeFolder } from "./task-folder.js";
import { type DeadLetter, WaitingEvents } from "./waiting-events.js";

export interface LambdaSettings {
  readonly functions: readonly FunctionDefinition[];
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  /** Asked for every call of a URL; the anonymous where its AuthType is NONE. */
  readonly authorize: (
    principal: Principal,
    definition: FunctionDefinition,
    sourceIp: string,
  ) => Outcome<void>;
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
  /** Where functions are built, in a folder of their own; the system's temporary folder if absent. */
  readonly temporaryFolder?: string;
  /** Builds a function again when a file of it has changed. */
  readonly watch?: boolean;
  /** With `watch`: a saved file changes $LATEST only, and no version is published for it. */
  readonly holdAliases?: boolean;
  /** From 0 up to 1; decides where an alias points at two versions. */
  readonly random?: () => number;
  /** Told of each call that a function has come to the end of. */
  readonly finished?: (call: FinishedCall) => void;
  /** A session of a function's execution role, asked for at each start of an environment. */
  readonly credentialsOf?: (definition: FunctionDefinition) => FunctionCredentials | undefined;
  /** When an event that failed is tried again; real time if absent. */
  readonly after?: After;
  /** Whether a queue has taken an event that failed in the end; none does if absent. */
  readonly sendDeadLetter?: (definition: FunctionDefinition, letter: DeadLetter) => boolean;
  /** Becomes AWS_ENDPOINT_URL of every function: this AWS, not the real one. */
  readonly endpointUrl?: string;
}

export interface Lambda {
  /** The request handler of a function's URL; see createFunctionUrl for what its server needs. */
  urlHandler(definition: FunctionDefinition): RequestHandler;
  /** The request handler of Invoke and InvokeWithResponseStream, for every function. */
  invokeHandler(settings: InvokeApiSettings): RequestHandler;
  /** The request handler of what is asked and changed about versions and aliases. */
  controlHandler(settings: ControlApiSettings): RequestHandler;
  /** A function as those call it who are no HTTP client: API Gateway and its like. */
  calleeOf(functionArn: string): Callee | undefined;
  /** For what calls functions in nobody's name: a queue. */
  readonly callFunction: CallFunction;
  /** Ends every execution environment, running or not, and removes what was built. */
  close(): Promise<void>;
}

/** Rejects, naming every function that does not build. */
export const createLambda = async (given: LambdaSettings): Promise<Lambda> => {
  const tails = new LogTails();
  const settings: LambdaSettings = { ...given, log: tails.through(given.log) };
  const workspace = await mkdtemp(join(settings.temporaryFolder ?? tmpdir(), "grantway-lambda-"));
  const keeper = new Keeper(workspace);
  const removeWorkspace = async () => {
    await keeper.close();
    await removeFolder(workspace);
  };
  try {
    const deployed = await deployAll(settings, workspace, keeper);
    const callees = deployed.map((fn) => createCallee(fn, settings.clock, settings.finished));
    const waitingEvents = new WaitingEvents({ sendDeadLetter: () => false, after, ...settings });
    return {
      urlHandler: ({ logicalId }) => mountUrl(logicalId, callees, settings),
      invokeHandler: (api) => createInvokeApi({ ...settings, ...api, callees, tails, waitingEvents }),
      controlHandler: (api) => createControlApi({ ...settings, ...api, functions: deployed }),
      calleeOf: (functionArn) => callees.find(({ definition }) => definition.arn === functionArn),
      callFunction: createCallFunction(callees, settings.clock),
      close: async () => {
        waitingEvents.close();
        await Promise.all(deployed.map((fn) => fn.close()));
        await removeWorkspace();
      },
    };
  } catch (error) {
    await removeWorkspace();
    throw error;
  }
};

/** Waits for all of them, so that none still writes into the workspace when it is removed. */
const deployAll = async (
  settings: LambdaSettings,
  workspace: string,
  keeper: Keeper,
): Promise<readonly DeployedFunction[]> => {
  const { functions, clock, log, watch = false, credentialsOf = () => undefined, endpointUrl } = settings;
  const { holdAliases = false, random = Math.random } = settings;
  const workerFile = await buildWorker(workspace);
  const startGate = new StartGate();
  const shared: DeploySettings = {
    ...{ workspace, workerFile, keeper, startGate, clock, log, watch, credentialsOf, endpointUrl },
    ...{ holdAliases, random },
  };
  const results = await Promise.allSettled(functions.map((fn) => DeployedFunction.deploy(fn, shared)));
  const deployed = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const faults = results.filter((result) => result.status === "rejected").map(({ reason }) => String(reason));
  if (faults.length === 0) return deployed;
  await Promise.all(deployed.map((fn) => fn.close()));
  throw new Error(faults.join("\n"));
};

const mountUrl = (
  logicalId: string,
  callees: readonly Callee[],
  { authenticate, authorize, clock, log }: LambdaSettings,
): RequestHandler => {
  const callee = callees.find(({ definition }) => definition.logicalId === logicalId);
  if (callee?.definition.url === undefined) throw new Error(`${logicalId} has no function URL here`);
  return createFunctionUrl({
    callee,
    authenticate,
    authorize: (principal, sourceIp) => authorize(principal, callee.definition, sourceIp),
    clock,
    log,
  });
};
