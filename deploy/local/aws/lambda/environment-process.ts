// The process of one execution environment with a Node runtime, joined to the twin by two pipes. Node has a way of its own
// beside the Runtime API (runtime-api-process.ts), since it was here first and is faster: no HTTP for each call.
import type { Readable } from "node:stream";
import { encodeFrame, FrameReader } from "./frames.js";
import type { FromEnvironment, ToEnvironment } from "./invocation.js";
import type { Keeper } from "./keeper.js";
import { type Exit, ProcessGroup } from "./process-group.js";

export interface ProcessSettings {
  /** The bundle that build.ts makes. */
  readonly workerFile: string;
  /** Where it runs: /var/task on Lambda. */
  readonly folder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly nodeOptions: readonly string[];
  readonly keeper: Keeper;
}

export interface ProcessEvents {
  received(message: FromEnvironment, body: Buffer): void;
  /** A line written around console.* */
  printed(line: string): void;
  /** Once, after everything that it sent was received. */
  ended(exit: Exit): void;
}

/** What runs a function's calls, whatever it is written in. */
export interface FunctionProcess {
  /** The most it has ever held, in bytes; `undefined` when that is not known. */
  readonly peakBytes: number | undefined;
  /** True before `ended` is told already: no call must go to it any more. */
  readonly hasEnded: boolean;
  post(message: ToEnvironment, body?: Buffer): void;
  /** Nothing of it runs until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Lets it say farewell, where Lambda does. */
  shutDown(): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Where environment-channel.ts has its ends of the pipes. */
const TO_ENVIRONMENT = 3;
const FROM_ENVIRONMENT = 4;

export class EnvironmentProcess implements FunctionProcess {
  readonly #group: ProcessGroup;
  readonly #ended: Promise<void>;
  #fault: string | undefined;

  constructor(settings: ProcessSettings, events: ProcessEvents) {
    const { workerFile, nodeOptions, folder, environmentVariables, keeper } = settings;
    this.#group = new ProcessGroup(
      {
        ...{ folder, environmentVariables, keeper, pipes: ["pipe", "pipe"] },
        command: [process.execPath, ...nodeOptions, workerFile],
      },
      (line) => events.printed(line),
    );
    this.#ended = this.#listen(events).then((exit) => events.ended(exit));
  }

  get peakBytes(): number | undefined {
    return this.#group.peakBytes;
  }

  get hasEnded(): boolean {
    return this.#group.hasEnded;
  }

  post(message: ToEnvironment, body?: Buffer): void {
    const pipe = this.#group.pipe(TO_ENVIRONMENT);
    if (pipe?.writable) pipe.write(encodeFrame(message, body));
  }

  freeze(): void {
    this.#group.freeze();
  }

  thaw(): void {
    this.#group.thaw();
  }

  /** A function without extensions gets no SIGTERM on Lambda either. */
  shutDown(): Promise<void> {
    return Promise.resolve();
  }

  async kill(): Promise<void> {
    this.#group.signal("SIGKILL");
    await this.#ended;
  }

  async #listen(events: ProcessEvents): Promise<Exit> {
    const pipe = this.#group.pipe(FROM_ENVIRONMENT);
    const drained = pipe === undefined ? undefined : this.#receive(pipe, events);
    const exit = await this.#group.ended;
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
        this.#group.signal("SIGKILL");
      }
    });
    return new Promise((resolve) => pipe.once("close", resolve));
  }
}
