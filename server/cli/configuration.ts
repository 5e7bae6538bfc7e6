// The configuration of a command: found as `serve` finds it, its faults on standard error.
import type { Settings } from "../config/compile.js";
import { formatFaults } from "../config/fault.js";
import { loadConfiguration } from "../config/load.js";
import { nameSource, type Environment } from "../config/source.js";
import { accept, refuse, type Result } from "../core/result.js";
import { exitStatus, type Console } from "./console.js";

export interface LoadedSettings {
  /** The file's path, or the variable that holds the document. */
  readonly source: string;
  readonly settings: Settings;
}

/** The refusal is the exit status; the faults are told. */
export function loadSettings(
  console: Console,
  env: Environment,
  file: string | undefined,
): Result<LoadedSettings, number> {
  const options = { ...(file !== undefined && { file }), env };
  const source = nameSource(options);
  const settings = loadConfiguration({ ...options, readFile: console.readFile });
  if (settings.ok) return accept({ source, settings: settings.value });
  console.printError(`grantway: ${formatFaults(source, settings.denial)}`);
  return refuse(exitStatus.config);
}
