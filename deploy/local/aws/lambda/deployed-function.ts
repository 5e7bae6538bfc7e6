// One function while the twin runs: $LATEST is its code as it was last built, a published version the code of its moment,
// and (when asked to) its source files are under watch. A build that fails is told and changes nothing.
import { join } from "node:path";
import type { FunctionDefinition, Outcome } from "../model.js";
import { buildFunction, type BuiltFunction, BundleError } from "./build.js";
import type { CalledFunction } from "./callee.js";
import { type CodeDigest, digestFolder } from "./code-digest.js";
import { Concurrency } from "./concurrency.js";
import type { Environment } from "./environment.js";
import type { PrintedLine } from "./environment-log.js";
import { environmentStart, type StartSettings } from "./environment-start.js";
import type { LambdaLogEntry } from "./function-url.js";
import { Pool } from "./pool.js";
import { removeFolder } from "./task-folder.js";
import { FunctionVersions, type Picked, type PublishInput, type Version } from "./versions.js";
import { type SourceWatch, watchSources } from "./watch-sources.js";

export interface DeploySettings extends StartSettings {
  /** Where functions are built, each in a folder of its own. */
  readonly workspace: string;
  readonly log: (entry: LambdaLogEntry) => void;
  readonly watch: boolean;
  /** A saved file changes $LATEST only; without it, it also publishes a version and moves the alias there. */
  readonly holdAliases: boolean;
  /** From 0 up to 1: which of an alias's two versions a call runs. */
  readonly random: () => number;
}

/** A build, frozen in a folder of its own. */
export interface BuiltCode extends CodeDigest {
  readonly built: BuiltFunction;
  readonly outFolder: string;
}

export class DeployedFunction implements CalledFunction {
  readonly definition: FunctionDefinition;
  readonly versions: FunctionVersions<BuiltCode>;
  readonly #settings: DeploySettings;
  readonly #watch: SourceWatch | undefined;
  readonly #concurrency: Concurrency;
  readonly #pools = new Map<string, Pool>();
  /** With the folder that their last calls still run in. */
  readonly #retiring = new Map<Pool, string>();
  #generation = 0;
  #reloading: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(definition: FunctionDefinition, code: BuiltCode, settings: DeploySettings) {
    this.definition = definition;
    this.#settings = settings;
    this.versions = new FunctionVersions(definition.arn, code, settings.clock());
    this.#concurrency = new Concurrency(definition.reservedConcurrency);
    this.#deployAlias();
    if (settings.watch) this.#watch = watchSources(() => this.#queueReload());
  }

  /** Rejects, with the function's name, when it does not build. */
  static async deploy(definition: FunctionDefinition, settings: DeploySettings): Promise<DeployedFunction> {
    const code = await buildCode(definition, join(settings.workspace, definition.logicalId, "0"));
    const deployed = new DeployedFunction(definition, code, settings);
    await deployed.#watch?.watch(code.built.sources);
    return deployed;
  }

  pick(qualifier: string | undefined): Outcome<Picked> {
    return this.versions.pick(qualifier, this.#settings.random());
  }

  /** Each version has environments of its own; their number is the function's. */
  poolOf(version: string): Pool | undefined {
    const found = this.versions.version(version);
    if (!found.ok || this.#closed) return undefined;
    const { clock } = this.#settings;
    const pool =
      this.#pools.get(version) ?? new Pool(this.#startOf(found.value), this.#concurrency, { clock });
    this.#pools.set(version, pool);
    return pool;
  }

  publish(input: PublishInput): Outcome<Version<BuiltCode>> {
    return this.versions.publish(input, this.#settings.clock());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.close();
    await this.#reloading;
    await Promise.all([...this.#pools.values(), ...this.#retiring.keys()].map((pool) => pool.close()));
  }

  /** As a first deployment leaves it: version 1, unless the alias points at $LATEST. */
  #deployAlias(): void {
    const { alias, url, aliasVersion } = this.definition;
    const name = alias ?? url?.qualifier;
    if (name === undefined) return;
    const published = aliasVersion === "$LATEST" ? undefined : this.publish({});
    this.versions.createAlias(name, published?.ok ? published.value.version : "$LATEST");
  }

  #startOf({ version, code }: Version<BuiltCode>): () => Environment {
    return environmentStart(code.built, version, this.#settings, (line) => this.#print(line));
  }

  /** One at a time, each with the files as they are then. */
  #queueReload(): void {
    this.#reloading = this.#reloading.then(() => this.#reload());
  }

  async #reload(): Promise<void> {
    if (this.#closed) return;
    this.#generation += 1;
    const { workspace, clock } = this.#settings;
    const outFolder = join(workspace, this.definition.logicalId, String(this.#generation));
    try {
      const code = await buildCode(this.definition, outFolder);
      await this.#watch?.watch(code.built.sources);
      const before = this.versions.latest;
      this.versions.replaceLatest(code, clock());
      this.#retire([before, ...this.#moveAlias()]);
      this.#say("info", `its code has changed: ${this.#whatRuns()}`);
    } catch (error) {
      await removeFolder(outFolder);
      const suspects = error instanceof BundleError ? error.suspects : [];
      await this.#watch?.watch([...this.versions.latest.code.built.sources, ...suspects]);
      this.#say("error", `its code has changed and does not build, what ran before stays: ${String(error)}`);
    }
  }

  /** As a deployment with AutoPublishAlias does it. Gives the versions that nothing names any more. */
  #moveAlias(): readonly Version<BuiltCode>[] {
    const [alias] = this.versions.aliases;
    if (alias === undefined || this.#holds()) return [];
    const published = this.publish({});
    if (!published.ok) return [];
    this.versions.updateAlias(alias.name, { functionVersion: published.value.version });
    return this.versions.prune();
  }

  #holds(): boolean {
    return this.#settings.holdAliases || this.versions.aliases[0]?.functionVersion === "$LATEST";
  }

  #whatRuns(): string {
    const [alias] = this.versions.aliases;
    return alias === undefined || alias.functionVersion === "$LATEST" || !this.#holds()
      ? "new calls run what is there now"
      : `$LATEST has it, and ${alias.name} stays on version ${alias.functionVersion}`;
  }

  #retire(versions: readonly Version<BuiltCode>[]): void {
    for (const { version, code } of versions) {
      const pool = this.#pools.get(version);
      this.#pools.delete(version);
      if (pool !== undefined) this.#retiring.set(pool, code.outFolder);
      Promise.resolve(pool?.retire())
        .then(() => (pool === undefined ? false : this.#retiring.delete(pool)))
        .then(() => this.#removeUnused(code.outFolder))
        .catch((error: unknown) =>
          this.#say("error", `its build of before is not removed: ${String(error)}`),
        );
    }
  }

  async #removeUnused(outFolder: string): Promise<void> {
    const used = [...this.versions.all.map(({ code }) => code.outFolder), ...this.#retiring.values()];
    if (!used.includes(outFolder)) await removeFolder(outFolder);
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

const buildCode = async (definition: FunctionDefinition, outFolder: string): Promise<BuiltCode> => {
  const built = await buildFunction(definition, outFolder);
  return { built, outFolder, ...(await digestFolder(outFolder)) };
};
