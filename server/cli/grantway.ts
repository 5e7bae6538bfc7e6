#!/usr/bin/env node
// The `grantway` command: the process's own streams, environment and clock, handed to dispatch.ts.
import { readFileSync } from "node:fs";
import { packageVersion } from "../package-version.js";
import type { Console } from "./console.js";
import { dispatch } from "./dispatch.js";

const console: Console = {
  env: process.env,
  isTerminal: process.stdout.isTTY,
  clock: Date.now,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  readFile: (path) => readFileSync(path === "-" ? 0 : path, "utf8"),
};

// `grantway explain ... | head`: whoever read has read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await dispatch(process.argv.slice(2), console, packageVersion());
