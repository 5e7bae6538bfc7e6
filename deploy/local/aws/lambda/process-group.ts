// One process that the twin starts for a function, in a session of its own: Ctrl-C is the twin's, and its subprocesses are
// stopped and ended with it. It sees the variables it is given and nothing of the twin's.
import { ChildProcess, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { Socket } from "node:net";
import type { Keeper } from "./keeper.js";
import { splitLines } from "./printed-lines.js";
import { hasEnded, peakResidentBytes } from "./process-status.js";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started, or has spoiled its pipe. */
  readonly fault?: string;
}

export interface GroupSettings {
  /** The program, then its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Where it runs: /var/task on Lambda. */
  readonly folder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly keeper: Keeper;
  /** Pipes beside the three that every process has. */
  readonly pipes?: readonly "pipe"[];
}

export class ProcessGroup {
  /** Resolves when the process is gone, and with it all that it left in its group. */
  readonly ended: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #keeper: Keeper;
  #gone = false;

  /** `printed` is told every line of its two outputs. */
  constructor(settings: GroupSettings, printed: (line: string) => void) {
    const { command, folder, environmentVariables, keeper, pipes = [] } = settings;
    const [program, ...given] = command;
    const stdio: StdioOptions = ["ignore", "pipe", "pipe", ...pipes];
    this.#keeper = keeper;
    this.#child = start(program, given, {
      cwd: folder,
      env: { ...environmentVariables },
      detached: true,
      stdio,
    });
    const { pid } = this.#child;
    // A broken pipe is told by the end of the process. Where no process could be made, there may be no pipes either.
    for (const pipe of (this.#child.stdio as ChildProcess["stdio"] | undefined) ?? [])
      pipe?.on("error", () => undefined);
    if (pid !== undefined) keeper.watch(pid);
    this.ended = this.#listen(printed).finally(() => {
      if (pid !== undefined) keeper.forget(pid);
    });
  }

  /** The pipe with this number; `undefined` where no process could be made. */
  pipe(index: number): Socket | undefined {
    return this.#child.pid === undefined ? undefined : (this.#child.stdio[index] as Socket);
  }

  /** The most it has ever held, in bytes; `undefined` when that is not known. */
  get peakBytes(): number | undefined {
    return this.#child.pid === undefined || this.#gone ? undefined : peakResidentBytes(this.#child.pid);
  }

  /** True before `ended` is told already: no call must go to it any more. */
  get hasEnded(): boolean {
    return this.#gone || (this.#child.pid !== undefined && hasEnded(this.#child.pid));
  }

  /** Nothing of it runs until `thaw`. */
  freeze(): void {
    if (this.#keeper.alive) this.signal("SIGSTOP");
  }

  thaw(): void {
    this.signal("SIGCONT");
  }

  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#gone) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Its last process has gone.
    }
  }

  async #listen(printed: (line: string) => void): Promise<Exit> {
    const exited = new Promise<Exit>((resolve) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", ({ message }) => resolve({ code: null, signal: null, fault: message }));
    });
    // Without a process nothing more comes.
    if (this.#child.pid === undefined) return exited;
    const outputs = [this.#child.stdout, this.#child.stderr].flatMap((output) => output ?? []);
    for (const output of outputs) splitLines(output, printed);
    const exit = await exited;
    // What it left running in its group would otherwise live on, and hold the pipes open.
    this.signal("SIGKILL");
    this.#gone = true;
    // Something that has left the group may hold them open for ever; the twin can still go.
    for (const output of outputs) if (output instanceof Socket) output.unref();
    return exit;
  }
}

/** Some of what cannot be started Node throws, and tells the rest by an event: here it is always the event. */
const start = (program: string, given: readonly string[], options: SpawnOptions): ChildProcess => {
  try {
    return spawn(program, given, options);
  } catch (error) {
    const none = new ChildProcess();
    process.nextTick(() => none.emit("error", error));
    return none;
  }
};
