// `grantway serve`: the gateway until a signal. Every way it can end has its own exit status.
import { constants } from "node:os";
import { createLog } from "../adapters/log.js";
import type { Settings } from "../config/compile.js";
import { startGateway } from "../main.js";
import { AuthorizerFault } from "../open-adapters.js";
import { readArguments } from "./arguments.js";
import { loadSettings } from "./configuration.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";

const usage = `Usage: grantway serve [--config FILE]

Runs the gateway. The configuration is FILE, else what GATEWAY_CONFIG names (a path, or
the document itself when it starts with "{"), else gateway.yaml.

Options:
      --config FILE   The configuration.
  -h, --help          This text.

Environment: PORT and ADMIN_PORT override the configuration's listen section.
Exit status: 0 after a drain, 64 wrong usage, 69 a port cannot be had, 78 a bad configuration.
Example: PORT=8080 grantway serve --config gateway.yaml
`;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, { config: { type: "string" } });
  if (!parsed.ok) return usageFault(console, "serve", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0) return usageFault(console, "serve", "it takes no argument beside its options");
  const loaded = loadSettings(console, console.env, values.config);
  return loaded.ok ? serveUntilSignal(loaded.value.settings, console) : loaded.denial;
}

async function serveUntilSignal(settings: Settings, console: Console): Promise<number> {
  // Listened for before the gateway says that it is there: whoever read that may ask it to stop at once.
  const signalled = firstSignal();
  try {
    const gateway = await startGateway(settings, createLog());
    await signalled;
    await gateway.stop();
    // The process ends by itself, unless something holds it still that has had its time: an export of telemetry, say.
    setTimeout(() => process.exit(exitStatus.ok), lingerMs).unref();
    return exitStatus.ok;
  } catch (error) {
    if (error instanceof AuthorizerFault) return authorizerFault(error, console);
    const fault = listenFault(error, settings.listen);
    if (fault === undefined) throw error;
    console.printError(`grantway: ${fault}\n`);
    return exitStatus.unavailable;
  }
}

const lingerMs = 500;

/**
 * The same signal again means now, though not before the log is out. The other one does not: a terminal's SIGINT and a
 * supervisor's SIGTERM often come together, and mean one stop.
 */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(128 + constants.signals[signal]));
        resolve();
      });
    }
  });
}

function authorizerFault({ faults }: AuthorizerFault, console: Console): number {
  const lines = faults.map(({ authorizer, fault }) => `grantway: authorizer ${authorizer}: ${fault}\n`);
  console.printError(lines.join(""));
  return exitStatus.config;
}

/** Undefined where it was not the listening that failed. */
function listenFault(error: unknown, { host }: Settings["listen"]): string | undefined {
  // By shape, not by class: under a test runner the error comes from another realm.
  const { syscall, code, hostname, address, port } = Object(error) as Readonly<Record<string, unknown>>;
  if (syscall === "getaddrinfo" && hostname === host)
    return `listen.host: ${host} does not resolve (${String(code)}); ${hostAllowed}`;
  if (syscall !== "listen") return undefined;
  if (code === "EADDRNOTAVAIL") return `listen.host: ${host} is no address of this machine; ${hostAllowed}`;
  return code === "EADDRINUSE"
    ? `port ${String(port)} on ${String(address)} is taken; PORT and ADMIN_PORT choose others, 0 means any free one`
    : `cannot listen on ${String(address)}, port ${String(port)}: ${String(code)}`;
}

const hostAllowed =
  "it takes an IP address of this machine, or a name that resolves to one; 0.0.0.0 is all of them";

export const serve: Command = { usage, run };
