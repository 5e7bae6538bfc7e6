// One function while the twin runs: its code as it was last built, the environments that run it, and (when asked to)
// its source files under watch. A build that fails is told and changes nothing.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../../../server/ports.js";
import type { FunctionDefinition } from "../model.js";
import { buildFunction, type BuiltFunction, BundleError } from "./build.js";
import { Environment } from "./environment.js";
import type { PrintedLine } from "./environment-log.js";
import type { LambdaLogEntry } from "./function-url.js";
import type { Keeper } from "./keeper.js";
import { Pool } from "./pool.js";
import {
  environmentVariables,
  type FunctionCredentials,
  logFormatOf,
  logLevelOf,
  nodeOptionsOf,
  runtimeContext,
} from "./runtime-environment.js";
import type { StartGate } from "./start-gate.js";
import { removeFolder } from "./task-folder.js";
import { type SourceWatch, watchSources } from "./watch-sources.js";

export interface DeploySettings {
  /** Where functions are built, each in a folder of its own. */
  readonly workspace: string;
  readonly workerFile: string;
  readonly keeper: Keeper;
  readonly startGate: StartGate;
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
  readonly watch: boolean;
  readonly credentialsOf: (definition: FunctionDefinition) => FunctionCredentials | undefined;
  readonly endpointUrl: string | undefined;
}

export class DeployedFunction {
  readonly definition: FunctionDefinition;
  readonly pool: Pool;
  readonly #settings: DeploySettings;
  readonly #watch: SourceWatch | undefined;
  #folder: string;
  #sources: readonly string[];
  #generation = 0;
  #reloading: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(built: BuiltFunction, folder: string, settings: DeploySettings) {
    this.definition = built.definition;
    this.#settings = settings;
    this.#folder = folder;
    this.#sources = built.sources;
    this.pool = new Pool(this.#startOf(built), built.definition.reservedConcurrency);
    if (settings.watch) this.#watch = watchSources(() => this.#queueReload());
  }

  /** Rejects, with the function's name, when it does not build. */
  static async deploy(definition: FunctionDefinition, settings: DeploySettings): Promise<DeployedFunction> {
    const folder = join(settings.workspace, definition.logicalId, "0");
    const built = await buildFunction(definition, folder);
    const deployed = new DeployedFunction(built, folder, settings);
    await deployed.#watch?.watch(built.sources);
    return deployed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.close();
    await this.#reloading;
    await this.pool.close();
  }

  #startOf({ definition, folder, handlerFile, exportPath }: BuiltFunction): () => Environment {
    const { workerFile, keeper, startGate, clock, credentialsOf, endpointUrl } = this.#settings;
    return () => {
      const context = runtimeContext(definition, randomUUID().replaceAll("-", ""), clock());
      const [logFormat, logLevel] = [logFormatOf(definition), logLevelOf(definition)];
      const credentials = credentialsOf(definition);
      const variables = { definition, context, taskRoot: folder, credentials, endpointUrl };
      return new Environment({
        ...{ workerFile, keeper, startGate, folder },
        environmentVariables: environmentVariables(variables),
        nodeOptions: nodeOptionsOf(definition),
        load: { handlerFile, exportPath, context, logFormat, logLevel },
        memoryMb: definition.memoryMb,
        timeoutSeconds: definition.timeoutSeconds,
        printed: (line) => this.#print(line),
      });
    };
  }

  /** One at a time, each with the files as they are then. */
  #queueReload(): void {
    this.#reloading = this.#reloading.then(() => this.#reload());
  }

  async #reload(): Promise<void> {
    if (this.#closed) return;
    this.#generation += 1;
    const folder = join(this.#settings.workspace, this.definition.logicalId, String(this.#generation));
    try {
      const built = await buildFunction(this.definition, folder);
      await this.#watch?.watch(built.sources);
      this.#sources = built.sources;
      const before = this.#folder;
      this.#folder = folder;
      this.pool
        .replace(this.#startOf(built))
        .then(() => removeFolder(before))
        .catch((error: unknown) =>
          this.#say("error", `its build of before is not removed: ${String(error)}`),
        );
      this.#say("info", "its code has changed: new calls run what is there now");
    } catch (error) {
      await removeFolder(folder);
      const suspects = error instanceof BundleError ? error.suspects : [];
      await this.#watch?.watch([...this.#sources, ...suspects]);
      this.#say("error", `its code has changed and does not build, what ran before stays: ${String(error)}`);
    }
  }

  #say(level: LambdaLogEntry["level"], message: string): void {
    this.#settings.log({ level, functionName: this.definition.name, requestId: undefined, message });
  }

  #print({ message, level, requestId }: PrintedLine): void {
    const isError = level === "ERROR" || level === "FATAL";
    const entry = { functionName: this.definition.name, requestId, message };
    this.#settings.log({ level: isError ? "error" : "info", ...entry });
  }
}
