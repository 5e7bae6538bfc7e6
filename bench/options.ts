// The command line of `npm run bench`.
import { parseArgs } from "node:util";
import { accept, refuse, type Result } from "../server/core/result.js";
import type { LoadLength } from "./load/load-generator.js";

export const measurementNames = [
  "small-get",
  "post-16k",
  "stream-1mb",
  "cold-caller",
  "first-byte",
  "stream-200mb",
  "silent-calls",
  "single-flight",
] as const;
export type MeasurementName = (typeof measurementNames)[number];

export interface BenchOptions {
  readonly measurements: readonly MeasurementName[];
  readonly rounds: number;
  readonly length: LoadLength;
  /** Its smallest form: to see that everything runs. The figures mean nothing. */
  readonly isQuick: boolean;
  readonly profileFolder?: string;
  /** Where the figures go; undefined: only to the table. */
  readonly jsonFile?: string;
  /** Whether bench/README.md gets these figures. */
  readonly updatesReadme: boolean;
}

export const usage = `Usage: npm run bench -- [options]

Measures Grantway and three competitors on this machine, and prints one table. A whole run
takes under four minutes and writes bench/latest.json and the figures in bench/README.md.

Options:
      --only NAME[,NAME]  Only these: ${measurementNames.slice(0, 4).join(", ")},
                          ${measurementNames.slice(4).join(", ")}.
                          Writes no file unless --json names one.
      --rounds N          Rounds of each contender, in turn; the median counts. Default 4.
      --seconds N         Length of one round. Default 2. wrk takes whole seconds.
      --profile FOLDER    The gateway runs with node --cpu-prof; its profiles go to FOLDER.
      --json FILE         Write the figures to FILE, and leave bench/ as it is.
      --quick             The smallest form of everything, to see that it runs.
  -h, --help              This text.

Uses wrk when it is in PATH, else autocannon; gives the thing under test a core of its own
when taskset is in PATH and there are two cores.
Exit status: 0 when everything was measured (whether or not a number holds), 1 when the
bench failed, 64 wrong usage.
Example: npm run bench -- --only small-get --rounds 3 --seconds 3
`;

/** More than there are connections. */
export const quickLength: LoadLength = { calls: 100 };
const latestFile = "bench/latest.json";

/** The denial is a sentence for the user. `undefined`: asked for help. */
export function readOptions(argv: readonly string[]): Result<BenchOptions | undefined, string> {
  const parsed = parse(argv);
  if (!parsed.ok) return parsed;
  const { values } = parsed.value;
  if (values.help) return accept(undefined);
  const only = values.only?.flatMap((names) => names.split(","));
  const unknown = only?.find((name) => !isMeasurement(name));
  if (unknown !== undefined)
    return refuse(`--only takes ${measurementNames.join(", ")}; not ${JSON.stringify(unknown)}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 4));
  const seconds = Number(values.seconds ?? 2);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    return refuse("--rounds takes a whole number from 1 to 100");
  if (!(seconds > 0 && seconds <= 60)) return refuse("--seconds takes a number up to 60");
  const isWhole = only === undefined && values.json === undefined && values.quick !== true;
  const jsonFile = values.json ?? (isWhole ? latestFile : undefined);
  return accept({
    measurements: only ? measurementNames.filter((name) => only.includes(name)) : measurementNames,
    rounds,
    length: values.quick && values.seconds === undefined ? quickLength : { seconds },
    isQuick: values.quick ?? false,
    ...(values.profile !== undefined && { profileFolder: values.profile }),
    ...(jsonFile !== undefined && { jsonFile }),
    updatesReadme: isWhole,
  });
}

const isMeasurement = (name: string): name is MeasurementName =>
  (measurementNames as readonly string[]).includes(name);

function parse(argv: readonly string[]) {
  try {
    return accept(
      parseArgs({
        args: [...argv],
        options: {
          only: { type: "string", multiple: true },
          rounds: { type: "string" },
          seconds: { type: "string" },
          profile: { type: "string" },
          json: { type: "string" },
          quick: { type: "boolean" },
          help: { type: "boolean", short: "h" },
        },
      }),
    );
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
