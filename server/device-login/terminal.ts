// The terminal itself, whatever standard output and error lead to: SDKs capture both of a `credential_process`.
import { closeSync, openSync, writeSync } from "node:fs";
import type { Terminal } from "./ports.js";

/** `undefined` where this process has none: a daemon, a container, a job. */
export function openTerminal(platform: NodeJS.Platform = process.platform): Terminal | undefined {
  try {
    // "r+", not "w", which would make a file of that name where there is none. CONOUT$ wants to be opened that way, too:
    // https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew#consoles
    const file = openSync(platform === "win32" ? "\\\\.\\CONOUT$" : "/dev/tty", "r+");
    return { print: (text) => void writeSync(file, text), close: () => closeSync(file) };
  } catch {
    return undefined;
  }
}
