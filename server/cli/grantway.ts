#!/usr/bin/env node
// The `grantway` command: the process's own streams, environment and clock, handed to dispatch.ts.
import { readFileSync } from "node:fs";
import { packageVersion } from "../package-version.js";
import { type Console, exitStatus } from "./console.js";
import { dispatch } from "./dispatch.js";

const console: Console = {
  env: process.env,
  isTerminal: process.stdout.isTTY,
  isErrorTerminal: process.stderr.isTTY,
  clock: Date.now,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  readFile: (path) => readFileSync(path === "-" ? 0 : path, "utf8"),
};

let isLost = false;
function onWriteFault(error: NodeJS.ErrnoException): void {
  // `grantway explain ... | head`: whoever read has read enough.
  if (error.code === "EPIPE" || isLost) return;
  isLost = true;
  process.once("exit", (status) => {
    // A status that a command gave by itself says more.
    if (status === exitStatus.ok) process.exitCode = exitStatus.ioError;
  });
  console.printError(`grantway: output cannot be written: ${error.message}\n`);
}
for (const stream of [process.stdout, process.stderr]) stream.on("error", onWriteFault);

process.exitCode = await dispatch(process.argv.slice(2), console, packageVersion());
