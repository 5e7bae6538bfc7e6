// The gateway as a child process, started as its own command line starts it.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { accept, refuse, type Result } from "../../server/core/result.js";

export interface GatewayProcess {
  readonly port: number;
  readonly adminPort: number;
  /** Its exit status, once it has ended. */
  readonly exited: Promise<number>;
  /** Asks it to drain and end. */
  stop(): void;
}

const loaders = ["--import", "tsx", "--import", "./deploy/local/end-with-parent.ts"];

/** Resolves when the gateway listens; refuses with its exit status when it ends before that. */
export function startGatewayProcess(settings: {
  readonly configFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
}): Promise<Result<GatewayProcess, number>> {
  const child = spawn(
    process.execPath,
    [...loaders, "server/cli/grantway.ts", "serve", "--config", settings.configFile],
    // Nothing else of this shell's environment: an AWS profile of the developer's must not get in.
    { env: { PATH: process.env.PATH, ...settings.environment }, stdio: ["pipe", "pipe", "inherit"] },
  );
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (status, signal) =>
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  return new Promise((resolve) => {
    void exited.then((status) => resolve(refuse(status)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      settings.print(line);
      const ports = listeningPorts(line);
      if (ports) resolve(accept({ ...ports, exited, stop: () => void child.kill("SIGTERM") }));
    });
  });
}

/** The gateway says once, in its log, where it listens. */
function listeningPorts(line: string): { port: number; adminPort: number } | undefined {
  if (!line.includes('"message":"listening"')) return undefined;
  const { port, adminPort } = JSON.parse(line) as { port: number; adminPort: number };
  return { port, adminPort };
}
