// Runs the command in this process, on files that exist only here.
import { dispatch } from "../../server/cli/dispatch.js";
import type { Environment } from "../../server/config/source.js";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface World {
  /** Path -> text, or what JSON makes of it. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  /** Both streams are. */
  readonly isTerminal?: boolean;
  /** Epoch milliseconds. */
  readonly now?: number;
}

/** 2026-01-01T00:00:00Z */
export const newYear = 1_767_225_600_000;

export async function grantway(argv: readonly string[], world: World = {}): Promise<Ran> {
  const { files = {}, env = {}, isTerminal = false, now = newYear } = world;
  let [out, err] = ["", ""];
  const status = await dispatch(
    argv,
    {
      env,
      isTerminal,
      isErrorTerminal: isTerminal,
      clock: () => now,
      print: (text) => (out += text),
      printError: (text) => (err += text),
      readFile: (path) => {
        const file = files[path];
        if (file === undefined) throw new Error("no such file");
        return typeof file === "string" ? file : JSON.stringify(file);
      },
    },
    "1.2.3",
  );
  return { status, out, err };
}
