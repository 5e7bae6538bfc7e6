// A custom authorizer that is a module beside the configuration: a few threads, each with one call at a time, as Lambda's
// execution environments are. What waits for a free one waits for half of its own time at most.
import { refuse, type Result } from "../core/result.js";
import type { AuthorizerSilence } from "../ports.js";
import { failed, unavailable } from "./authorizer-answer-text.js";
import {
  startAuthorizerThread,
  type AuthorizerThread,
  type ModuleCall,
  type ThreadOptions,
} from "./authorizer-thread.js";

/** Each is a V8 of its own, of some 10 MB. */
const maxThreads = 8;
const startTimeoutMs = 10_000;

export interface AuthorizerModule {
  /** Loads the module. Refuses with what is wrong with it. */
  check(): Promise<Result<undefined, string>>;
  ask(call: ModuleCall): Promise<Result<unknown, AuthorizerSilence>>;
  close(): void;
}

type Options = Omit<ThreadOptions, "startTimeoutMs">;

export function createAuthorizerModule(options: Options): AuthorizerModule {
  const idle: AuthorizerThread[] = [];
  const all = new Set<AuthorizerThread>();
  const queue: ((thread: AuthorizerThread | undefined) => void)[] = [];
  let isClosed = false;

  function start(): AuthorizerThread {
    const thread = startAuthorizerThread({ ...options, startTimeoutMs });
    all.add(thread);
    return thread;
  }

  /** A thread may end while it is idle: by a timer or a promise that a call left behind. */
  function popFree(): AuthorizerThread | undefined {
    for (let thread = idle.pop(); thread; thread = idle.pop()) {
      if (!thread.isOver()) return thread;
      all.delete(thread);
    }
    return undefined;
  }

  /** At once where a thread is free or may be started; nothing where none came free in time. */
  function take(timeoutMs: number): Promise<AuthorizerThread | undefined> {
    if (isClosed) return Promise.resolve(undefined);
    const free = popFree();
    if (free) return Promise.resolve(free);
    if (all.size < maxThreads) return Promise.resolve(start());
    return new Promise((resolve) => {
      const served = (thread: AuthorizerThread | undefined): void => {
        clearTimeout(timer);
        resolve(thread);
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(served), 1);
        resolve(undefined);
      }, timeoutMs);
      queue.push(served);
    });
  }

  function putBack(thread: AuthorizerThread): void {
    if (thread.isOver()) all.delete(thread);
    const next = queue.shift();
    if (next) next(thread.isOver() ? start() : thread);
    else if (!thread.isOver()) idle.push(thread);
  }

  async function run(
    thread: AuthorizerThread,
    call: ModuleCall,
  ): Promise<Result<unknown, AuthorizerSilence>> {
    const ready = await thread.ready;
    return ready.ok ? thread.call(call) : failed(ready.denial);
  }

  return {
    async check() {
      const thread = start();
      const ready = await thread.ready;
      putBack(thread);
      return ready.ok ? ready : refuse(ready.denial);
    },
    async ask(call) {
      const deadline = options.clock() + call.timeoutMs;
      // Half of its time: a call that got a thread at the last moment would only take it down by being late.
      const thread = await take(call.timeoutMs / 2);
      if (!thread) return unavailable(`none of its ${maxThreads} threads came free in time`);
      const result = await run(thread, { ...call, timeoutMs: Math.max(1, deadline - options.clock()) });
      putBack(thread);
      return result;
    },
    close: () => {
      isClosed = true;
      for (const served of queue.splice(0)) served(undefined);
      for (const thread of all) thread.end();
    },
  };
}
