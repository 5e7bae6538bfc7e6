// Where a person's own state is kept: the XDG Base Directory Specification's XDG_STATE_HOME, on Windows LOCALAPPDATA.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../config/source.js";

export function stateFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  // The specification: a path that is not absolute is to be ignored.
  const given = platform === "win32" ? env.LOCALAPPDATA : env.XDG_STATE_HOME;
  if (given !== undefined && isAbsolute(given)) return join(given, "grantway");
  const home = homedir();
  return platform === "win32"
    ? join(home, "AppData", "Local", "grantway")
    : join(home, ".local", "state", "grantway");
}
