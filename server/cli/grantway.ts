#!/usr/bin/env node
// The `grantway` command: the process's own streams, environment and clock, handed to dispatch.ts.
import { existsSync, readFileSync } from "node:fs";
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

/** package.json is two folders up in the sources, three in `dist/`. */
function version(): string {
  const [file] = ["../../package.json", "../../../package.json"]
    .map((path) => new URL(path, import.meta.url))
    .filter((url) => existsSync(url));
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

// `grantway explain ... | head`: whoever read has read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await dispatch(process.argv.slice(2), console, version());
