// The processes of one execution environment behind the Runtime API: the runtime (a `bootstrap`, or what an image starts)
// and beside it the extensions, each in a group of its own. If one of them ends, all end.
import { freePort } from "../../loopback.js";
import type { FunctionProcess, ProcessEvents, ProcessSettings } from "./function-process.js";
import type { InvocationContext, ToEnvironment } from "./invocation.js";
import { type Exit, ProcessGroup } from "./process-group.js";
import { RuntimeApi } from "./runtime-api.js";

type Command = readonly [string, ...string[]];

/** What an environment runs when it is not Lambda's own Node runtime. */
export interface RuntimeProgram {
  readonly command: Command;
  /** Free text for a custom runtime; an image has none. */
  readonly handler: string;
  readonly extensions: readonly { readonly name: string; readonly command: Command }[];
  /** Variables that are given a free port: environments share this machine, and on Lambda each has one of its own. */
  readonly portVariables: readonly string[];
}

/** What Lambda gives extensions to end in. */
const SHUTDOWN_MS = 2000;

export class RuntimeApiProcess implements FunctionProcess {
  readonly #settings: ProcessSettings;
  readonly #program: RuntimeProgram;
  readonly #events: ProcessEvents;
  readonly #api: RuntimeApi;
  readonly #ended: Promise<void>;
  #runtime: ProcessGroup | undefined;
  #extensions: readonly ProcessGroup[] = [];
  #isKilled = false;
  /** From now on it is no news that a process ends. */
  #isEnding = false;

  constructor(
    settings: ProcessSettings,
    program: RuntimeProgram,
    context: InvocationContext,
    events: ProcessEvents,
  ) {
    this.#settings = settings;
    this.#program = program;
    this.#events = events;
    this.#api = new RuntimeApi({
      ...{ context, handler: program.handler },
      externalExtensions: program.extensions.map(({ name }) => name),
      received: (message, body) => events.received(message, body),
    });
    this.#ended = this.#run().then((exit) => events.ended(exit));
  }

  /** The runtime's alone: an adapter takes a few megabytes on Lambda, and the twin's stand-in is a Node. */
  get peakBytes(): number | undefined {
    return this.#runtime?.peakBytes;
  }

  get hasEnded(): boolean {
    return this.#runtime?.hasEnded ?? false;
  }

  post(message: ToEnvironment, body?: Buffer): void {
    this.#api.post(message, body);
  }

  freeze(): void {
    for (const group of this.#groups) group.freeze();
  }

  thaw(): void {
    for (const group of this.#groups) group.thaw();
  }

  /** Only a function that has extensions is told that it ends: they by their event, the runtime by SIGTERM. */
  async shutDown(): Promise<void> {
    if (!this.#api.isIdle || this.#api.extensions.isEmpty) return;
    this.#isEnding = true;
    this.thaw();
    this.#api.extensions.shutDown(Date.now() + SHUTDOWN_MS);
    this.#runtime?.signal("SIGTERM");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, SHUTDOWN_MS)));
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.#isKilled = this.#isEnding = true;
    this.#signal("SIGKILL");
    await this.#ended;
  }

  get #groups(): readonly ProcessGroup[] {
    return this.#runtime === undefined ? this.#extensions : [this.#runtime, ...this.#extensions];
  }

  #signal(signal: NodeJS.Signals): void {
    for (const group of this.#groups) group.signal(signal);
  }

  async #run(): Promise<Exit> {
    const variables = await this.#variables();
    if (this.#isKilled) {
      this.#api.close();
      return { code: null, signal: "SIGKILL" };
    }
    const start = (command: Command): ProcessGroup =>
      new ProcessGroup({ ...this.#settings, command, environmentVariables: variables }, (line) =>
        this.#events.printed(line),
      );
    // Extensions first, as on Lambda.
    this.#extensions = this.#program.extensions.map(({ command }) => start(command));
    const runtime = (this.#runtime = start(this.#program.command));
    const exit = await Promise.race([
      runtime.ended,
      ...this.#extensions.map((extension, at) => this.#untilCrash(extension, at)),
    ]);
    this.#isEnding = true;
    this.#signal("SIGKILL");
    await Promise.all(this.#groups.map(({ ended }) => ended));
    const { postedError: error } = this.#api;
    if (error !== undefined) this.#events.received({ type: "crashed", error }, Buffer.alloc(0));
    this.#api.close();
    return exit;
  }

  async #variables(): Promise<Record<string, string>> {
    const host = await this.#api.listen();
    const names = this.#program.portVariables;
    const port = names.length === 0 ? "" : String(await freePort());
    return {
      ...this.#settings.environmentVariables,
      AWS_LAMBDA_RUNTIME_API: host,
      ...Object.fromEntries(names.map((name) => [name, port])),
    };
  }

  async #untilCrash(extension: ProcessGroup, at: number): Promise<Exit> {
    const exit = await extension.ended;
    if (this.#isEnding) return this.#runtime?.ended ?? exit;
    const name = this.#program.extensions[at]?.name ?? "";
    const errorMessage = `the extension ${name} has ended: ${exit.fault ?? exit.signal ?? `exit status ${exit.code ?? ""}`}`;
    const error = { errorType: "Extension.Crash", errorMessage };
    this.#events.received({ type: "crashed", error }, Buffer.alloc(0));
    return exit;
  }
}
