// What a command may touch of the process, as an argument: so that tests run commands without one.
import type { Environment } from "../config/source.js";
import type { Clock } from "../ports.js";

export interface Console {
  readonly env: Environment;
  /** Standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Standard error is one: often the one goes to a file and the other does not. */
  readonly isErrorTerminal: boolean;
  readonly clock: Clock;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** `-` is standard input. Throws when the file cannot be read. */
  readonly readFile: (path: string) => string;
}

export interface Command {
  /** What `--help` prints. */
  readonly usage: string;
  /** Gives the exit status. */
  readonly run: (argv: readonly string[], console: Console) => Promise<number>;
}

/** Of sysexits.h, but for `no`: the answer itself is no. */
export const exitStatus = { ok: 0, no: 1, usage: 64, unavailable: 69, ioError: 74, config: 78 } as const;

/** A wrong command line: one line, and where to look. */
export function usageFault(console: Console, command: string, message: string): number {
  console.printError(`grantway ${command}: ${message} (grantway ${command} --help tells more)\n`);
  return exitStatus.usage;
}
