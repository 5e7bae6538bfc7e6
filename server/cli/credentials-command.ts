// The command line that a person is told to run: the one that this process was started with, as a POSIX shell takes it.
import { basename, delimiter, dirname, sep } from "node:path";
import type { Environment } from "../config/source.js";

/** What of `process` says how it was started. */
export interface Started {
  readonly argv: readonly string[];
  readonly argv0: string;
  readonly execArgv: readonly string[];
  readonly env: Environment;
}

/** `argv`: what follows `grantway credentials`. */
export const credentialsCommand = (argv: readonly string[], started: Started): string =>
  [...programOf(started), "credentials", ...argv].map(quotedForShell).join(" ");

function programOf({ argv: [, script = ""], argv0, execArgv, env }: Started): readonly string[] {
  const name = basename(script);
  if (/^grantway\.[jt]s$/.test(name)) return npmScript(env) ?? [argv0, ...execArgv, script];
  if (name !== "grantway") return ["grantway"];
  // npx and npm put that folder on the PATH of what they start, and nobody else has it there.
  const folder = dirname(script);
  const isOnPath = !folder.endsWith(`node_modules${sep}.bin`) && env.PATH?.split(delimiter).includes(folder);
  return isOnPath === true ? ["grantway"] : [script];
}

/** https://docs.npmjs.com/cli/using-npm/scripts#environment */
function npmScript(env: Environment): readonly string[] | undefined {
  const { npm_lifecycle_event: script, npm_package_json: manifest, INIT_CWD: folder } = env;
  if (script !== "grantway" || manifest === undefined) return undefined;
  const project = dirname(manifest);
  const prefix = folder === project ? [] : ["--prefix", project];
  return ["npm", "run", "--silent", ...prefix, "grantway", "--"];
}

const quotedForShell = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
