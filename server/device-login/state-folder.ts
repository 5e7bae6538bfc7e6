// Where a person's own state is kept: the XDG Base Directory Specification's XDG_STATE_HOME, on Windows LOCALAPPDATA.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../config/source.js";
import { accept, refuse, type Result } from "../core/result.js";

/** The refusal is a sentence. */
export function stateFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
  findHome = homedir,
): Result<string, string> {
  const [variable, ...below] =
    platform === "win32"
      ? (["LOCALAPPDATA", "AppData", "Local"] as const)
      : (["XDG_STATE_HOME", ".local", "state"] as const);
  // The specification: a path that is not absolute is to be ignored.
  const given = env[variable];
  if (given !== undefined && isAbsolute(given)) return accept(join(given, "grantway"));
  const home = absoluteHome(findHome);
  return home === undefined
    ? refuse(`nowhere to keep a sign-in: there is no home folder; set ${variable} to an absolute path`)
    : accept(join(home, ...below, "grantway"));
}

/** With an empty HOME tokens would be kept wherever this runs; a user without an entry in the passwd file has none. */
function absoluteHome(findHome: () => string): string | undefined {
  try {
    const home = findHome();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}
