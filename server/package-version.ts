// The version that runs, as package.json has it.
import { existsSync, readFileSync } from "node:fs";

/** package.json is one folder up in the sources, two in `dist/`. */
export function packageVersion(): string {
  const file = ["../package.json", "../../package.json"]
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
