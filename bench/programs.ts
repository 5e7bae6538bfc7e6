// Starts programs as processes of their own, each known by the port that it says it listens on, and ends them all.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Program {
  readonly pid: number;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Asks it to end, and makes it where it does not. */
  stop(): Promise<void>;
}

export interface ProgramStart {
  /** What the command line begins with, `taskset -c 1` for one. */
  readonly prefix?: readonly string[];
  /** Node's arguments: the file, and what stands before and after it. */
  readonly nodeArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const graceMs = 5_000;
const running = new Set<ChildProcess>();

/** @throws when it ends before it listens; its own words are on standard error. */
export async function startProgram({
  prefix = [],
  nodeArguments,
  environment,
}: ProgramStart): Promise<Program> {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, ...nodeArguments];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...quiet, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  endWithUs(child);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const port = await Promise.race([listeningPort(child), exited.then(() => undefined)]);
  if (port === undefined || child.pid === undefined)
    throw new Error(`this ended before it listened: node ${nodeArguments.join(" ")}`);
  // The gateway's log goes into this pipe to the end, and somebody must read it.
  child.stdout.resume();
  return {
    pid: child.pid,
    port,
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGTERM");
      const limit = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(limit);
    },
  };
}

/** The AWS SDK's note that it will leave Node 20 behind is not for whoever reads the table. */
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** Every program says it in one JSON line, as the gateway's log does. */
async function listeningPort(child: ChildProcess): Promise<number | undefined> {
  if (!child.stdout) return undefined;
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<number>((resolve) => {
    lines.on("line", (line) => {
      if (line.includes('"message":"listening"')) resolve((JSON.parse(line) as { port: number }).port);
    });
  });
  const port = await Promise.race([listening, once(lines, "close").then(() => undefined)]);
  lines.close();
  return port;
}

/** Makes it one of those that `killPrograms` kills. */
export function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

/** At once: for the end of this process, however it comes. */
export function killPrograms(): void {
  for (const child of running) child.kill("SIGKILL");
}
