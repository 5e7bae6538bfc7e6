// `npm run local` on free ports, and a shell in which a page's commands run against it: with the ports that they were written
// for replaced, and with what they write in a folder of its own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertNoSecretsIn, gatewayLinesOf } from "../fixtures/log-lines.js";

export interface LocalProduct {
  /** Runs the commands in one shell, one after the other; what each printed, and its exit status. */
  run(commands: readonly string[]): Promise<Ran[]>;
  stop(): Promise<void>;
}

export interface Ran {
  readonly command: string;
  readonly status: number;
  readonly out: string;
}

export async function startLocalProduct(): Promise<LocalProduct> {
  const child = spawn("npm", ["run", "local"], {
    env: { ...process.env, PORT: "0", ADMIN_PORT: "0", ISSUER_PORT: "0", AWS_PORT: "0", DEMO_PORT: "0" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = async (): Promise<void> => {
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), "SIGINT");
    await ended;
  };
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += String(chunk)));
  const printed = await untilReady(child);
  const portOf = (name: string): string => {
    const port = new RegExp(`^${name}\\s+http://127\\.0\\.0\\.1:(\\d+)`, "m").exec(printed)?.[1];
    return port ?? "0";
  };
  const folder = mkdtempSync(join(tmpdir(), "grantway-page-"));
  // Where no terminal is, curl tells after a second how far it is, in the middle of the answer.
  writeFileSync(join(folder, ".curlrc"), "no-progress-meter\n");
  const ports = { 8080: portOf("Gateway"), 4566: portOf("AWS"), 4000: portOf("OpenID provider") };
  const placed = (command: string): string =>
    Object.entries(ports)
      .reduce(
        (text, [written, port]) => text.replaceAll(`127.0.0.1:${written}`, `127.0.0.1:${port}`),
        command,
      )
      .replaceAll("/tmp/", `${folder}/`)
      .replaceAll("answer.json", `${folder}/answer.json`);
  return {
    run: (commands) =>
      runAll(commands, placed, { ISSUER_PORT: ports[4000], HOME: folder, CURL_HOME: folder }),
    stop: async () => {
      await end();
      assertNoSecretsIn(gatewayLinesOf(log));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves with all that it printed. */
function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes("Ctrl-C ends all of it.")) resolve(text);
      });
    }
    child.once("close", () => {
      reject(new Error(`it ended early: ${text}`));
    });
  });
}

const mark = "@@ command";

function runAll(
  commands: readonly string[],
  placed: (command: string) => string,
  env: Readonly<Record<string, string>>,
): Promise<Ran[]> {
  const script = commands.map((command) => `${placed(command)}\necho "${mark} $?"`).join("\n");
  const shell = spawn("bash", ["-c", script], { env: { ...cleanEnvironment(), ...env } });
  let text = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  return new Promise((resolve) => {
    shell.once("close", () => {
      const parts = text.split(new RegExp(`${mark} (\\d+)\\n`));
      resolve(
        commands.map((command, at) => ({
          command,
          out: parts[2 * at] ?? "",
          status: Number(parts[2 * at + 1] ?? NaN),
        })),
      );
    });
  });
}

/** Without what would have AWS's tools use other credentials than the page's. */
const cleanEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));

export const hasProgram = (name: string): boolean => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
