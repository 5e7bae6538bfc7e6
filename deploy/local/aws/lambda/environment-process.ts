// The process of one execution environment with a Node runtime, joined to the twin by two pipes. Node has a way of its own
// beside the Runtime API (runtime-api-process.ts), since it was here first and is faster: no HTTP for each call.
import type { Readable } from "node:stream";
import { encodeFrame, FrameReader } from "./frames.js";
import type { FunctionProcess, ProcessEvents, ProcessSettings } from "./function-process.js";
import type { FromEnvironment, ToEnvironment } from "./invocation.js";
import { type Exit, ProcessGroup } from "./process-group.js";

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
