#!/usr/bin/env node
// The `grantway` command. `serve` runs the gateway until a signal; every way it can end has its own exit status.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLog } from "../adapters/log.js";
import { formatFaults } from "../config/fault.js";
import { loadConfiguration } from "../config/load.js";
import { nameSource } from "../config/source.js";
import { startGateway } from "../main.js";

const usage = `Usage: grantway serve [--config FILE]

Runs the gateway. The configuration is FILE, else what GATEWAY_CONFIG names (a path, or
the document itself when it starts with "{"), else gateway.yaml.

Environment: PORT and ADMIN_PORT override the configuration's listen section.
Exit status: 0 after a drain, 64 wrong usage, 69 a port cannot be had, 78 a bad configuration.
`;

// sysexits.h
const exit = { ok: 0, usage: 64, unavailable: 69, config: 78 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const parsed = readArguments(argv);
  if (typeof parsed === "string") {
    process.stderr.write(`grantway: ${parsed}\n\n${usage}`);
    return exit.usage;
  }
  if (parsed.help) {
    process.stdout.write(usage);
    return exit.ok;
  }
  return serve(parsed.config);
}

function readArguments(argv: readonly string[]): { help: boolean; config?: string } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { config: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return { help: true };
    if (positionals.length !== 1 || positionals[0] !== "serve") return "the command is: serve";
    return { help: false, ...(values.config !== undefined && { config: values.config }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function serve(file: string | undefined): Promise<number> {
  const source = { ...(file !== undefined && { file }), env: process.env };
  const settings = loadConfiguration({ ...source, readFile: (path) => readFileSync(path, "utf8") });
  if (!settings.ok) {
    process.stderr.write(`grantway: ${formatFaults(nameSource(source), settings.denial)}`);
    return exit.config;
  }
  const log = createLog();
  try {
    const gateway = await startGateway(settings.value, log);
    await new Promise((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
    });
    // A second signal means now: the default action, which process.once has put back.
    await gateway.stop();
    return exit.ok;
  } catch (error) {
    if (!isListenError(error)) throw error;
    process.stderr.write(`grantway: ${listenFault(error)}\n`);
    return exit.unavailable;
  }
}

interface ListenError extends Error {
  readonly code: string;
  readonly port: number;
  readonly address: string;
}

const isListenError = (error: unknown): error is ListenError =>
  error instanceof Error && "syscall" in error && error.syscall === "listen";

const listenFault = ({ code, address, port }: ListenError): string =>
  code === "EADDRINUSE"
    ? `port ${port} on ${address} is taken; PORT and ADMIN_PORT choose others, 0 means any free one`
    : `cannot listen on ${address}, port ${port}: ${code}`;

process.exitCode = await main(process.argv.slice(2));
