// The process of one execution environment: spawned with its own variables and nothing of the twin's, in a session of
// its own (Ctrl-C is the twin's; its subprocesses end with it), joined to the twin by two pipes.
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { encodeFrame, FrameReader } from "./frames.js";
import type { FromEnvironment, ToEnvironment } from "./invocation.js";
import type { Keeper } from "./keeper.js";
import { splitLines } from "./printed-lines.js";
import { hasEnded, peakResidentBytes } from "./process-status.js";

export interface ProcessSettings {
  /** The bundle that build.ts makes. */
  readonly workerFile: string;
  /** Where it runs: /var/task on Lambda. */
  readonly folder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly nodeOptions: readonly string[];
  readonly keeper: Keeper;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started, or has spoiled its pipe. */
  readonly fault?: string;
}

export interface ProcessEvents {
  received(message: FromEnvironment, body: Buffer): void;
  /** A line written around console.* */
  printed(line: string): void;
  /** Once, after everything that it sent was received. */
  ended(exit: Exit): void;
}

export class EnvironmentProcess {
  readonly #child: ChildProcess;
  readonly #keeper: Keeper;
  readonly #ended: Promise<void>;
  #fault: string | undefined;
  #gone = false;

  constructor(settings: ProcessSettings, events: ProcessEvents) {
    this.#keeper = settings.keeper;
    this.#child = spawn(process.execPath, [...settings.nodeOptions, settings.workerFile], {
      cwd: settings.folder,
      env: { ...settings.environmentVariables },
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    });
    const { pid, stdio } = this.#child;
    // A broken pipe is told by the end of the process. Where no process could be made, there may be no pipes either.
    for (const pipe of (stdio as typeof stdio | undefined) ?? []) pipe?.on("error", () => undefined);
    if (pid !== undefined) settings.keeper.watch(pid);
    this.#ended = this.#listen(events).then((exit) => {
      if (pid !== undefined) settings.keeper.forget(pid);
      events.ended(exit);
    });
  }

  /** The most it has ever held, in bytes; `undefined` when that is not known. */
  get peakBytes(): number | undefined {
    return this.#child.pid === undefined || this.#gone ? undefined : peakResidentBytes(this.#child.pid);
  }

  /** True before `ended` is told already: no call must go to it any more. */
  get hasEnded(): boolean {
    return this.#gone || (this.#child.pid !== undefined && hasEnded(this.#child.pid));
  }

  post(message: ToEnvironment, body?: Buffer): void {
    const pipe = this.#child.pid === undefined ? undefined : (this.#child.stdio[3] as Writable);
    if (pipe?.writable) pipe.write(encodeFrame(message, body));
  }

  /** Nothing of it runs until `thaw`. */
  freeze(): void {
    if (this.#keeper.alive) this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#signal("SIGCONT");
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.#ended;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#gone) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Its last process has gone.
    }
  }

  async #listen(events: ProcessEvents): Promise<Exit> {
    const exited = new Promise<Exit>((resolve) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", ({ message }) => resolve({ code: null, signal: null, fault: message }));
    });
    // Without a process nothing more comes.
    if (this.#child.pid === undefined) return exited;
    const { stdout, stderr, stdio } = this.#child;
    for (const output of [stdout, stderr])
      if (output !== null) splitLines(output, (line) => events.printed(line));
    const drained = this.#receive(stdio[4] as Readable, events);
    const exit = await exited;
    // What it left running in its group would otherwise live on, and hold the pipes open.
    this.#signal("SIGKILL");
    this.#gone = true;
    // Something that has left the group may hold them open for ever; the twin can still go.
    for (const output of [stdout, stderr]) (output as Socket | null)?.unref();
    await drained;
    return this.#fault === undefined ? exit : { ...exit, fault: this.#fault };
  }

  /** Resolves when the pipe has ended. */
  #receive(pipe: Readable, events: ProcessEvents): Promise<void> {
    const reader = new FrameReader();
    pipe.on("data", (piece: Buffer) => {
      try {
        for (const { message, body } of reader.push(piece)) events.received(message as FromEnvironment, body);
      } catch (error) {
        // Only a function that writes to the pipe itself can do this.
        this.#fault = `its pipe is spoiled: ${String(error)}`;
        pipe.destroy();
        this.#signal("SIGKILL");
      }
    });
    return new Promise((resolve) => pipe.once("close", resolve));
  }
}
