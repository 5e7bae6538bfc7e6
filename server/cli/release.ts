// `grantway release`: its options, and what they mean to server/release/.
import { parseDuration } from "../core/duration.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Limit } from "../release/judge.js";
import { release as runRelease, type ReleasePlan } from "../release/release.js";
import { readArguments } from "./arguments.js";
import { usageFault, type Command, type Console } from "./console.js";
import { readTarget, targetOptions, targetUsage } from "./release-options.js";

const usage = `Usage: grantway release --function NAME --alias NAME [OPTIONS]

Publishes a version of what is in $LATEST and shifts the alias to it by weight, step by step.
Between the steps it looks at the new version's errors (CloudWatch) and, with --gateway, at the
5xx of the route; too many, and the alias goes back. Where it stands is in AWS alone.

Options:
${targetUsage}
      --steps LIST      Per cent of the calls, rising. Default 10,50,100; 100 ends it.
      --every TIME      How long a step is watched: 30s, 5m. Default 5m.
      --max-errors N    More errors than N go back: of the new version since the release began,
                        of the gateway since the step began. Default 0.
      --max-error-rate P  The same in per cent of the calls, instead.
      --resume          Go on with a release that was stopped.
      --allow-quiet     Go on after a step in which no call was seen; else such a step stops it.
      --again           Release a version that was rolled back before.
      --dry-run         Say which calls would be made; only read.
  -h, --help            This text.

Exit status: 0 done (or nothing to do), 1 rolled back, refused, or stopped by a
step without calls, 64 wrong usage, 69 AWS or a gateway could not be asked, 130 Ctrl-C.
Example: grantway release --function reports --alias live --steps 5,25,100 --every 10m
`;

const options = {
  ...targetOptions,
  steps: { type: "string" },
  every: { type: "string" },
  "max-errors": { type: "string" },
  "max-error-rate": { type: "string" },
  resume: { type: "boolean" },
  again: { type: "boolean" },
  "allow-quiet": { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, options);
  if (!parsed.ok) return usageFault(console, "release", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0) return usageFault(console, "release", "it takes options only");
  const target = readTarget(values, console.env);
  if (!target.ok) return usageFault(console, "release", target.denial);
  const plan = readPlan(values);
  if (!plan.ok) return usageFault(console, "release", plan.denial);
  const { openPorts, statusOf } = await import("./release-ports.js");
  const ports = openPorts(target.value, console, values.json === true);
  try {
    return statusOf[await runRelease(ports, plan.value)];
  } finally {
    ports.close();
  }
}

interface Given {
  readonly steps?: string | undefined;
  readonly every?: string | undefined;
  readonly "max-errors"?: string | undefined;
  readonly "max-error-rate"?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly again?: boolean | undefined;
  readonly "allow-quiet"?: boolean | undefined;
  readonly "dry-run"?: boolean | undefined;
}

export function readPlan(given: Given): Result<ReleasePlan, string> {
  const steps = readSteps(given.steps ?? "10,50,100");
  if (!steps.ok) return steps;
  const every = parseDuration(given.every ?? "5m");
  if (!every.ok) return refuse(`--every ${every.denial}`);
  if (every.value < 1_000 || every.value > 86_400_000) return refuse("--every is from 1s to 24h");
  const limit = readLimit(given["max-errors"], given["max-error-rate"]);
  if (!limit.ok) return limit;
  if (given.resume === true && given["dry-run"] === true)
    return refuse("--resume and --dry-run do not go together");
  return accept({
    steps: steps.value,
    everyMs: every.value,
    limit: limit.value,
    isDryRun: given["dry-run"] === true,
    isResume: given.resume === true,
    isAgain: given.again === true,
    isQuietAllowed: given["allow-quiet"] === true,
  });
}

function readSteps(text: string): Result<readonly number[], string> {
  const steps = text.split(",").map((step) => (/^\d{1,3}(?:\.\d{1,2})?$/.test(step) ? Number(step) : NaN));
  const isRising = steps.every((step, at) => step > (steps[at - 1] ?? 0) && step <= 100);
  return isRising
    ? accept(steps.filter((step) => step < 100))
    : refuse("--steps takes rising percentages above 0 and up to 100, such as 10,50,100");
}

function readLimit(most: string | undefined, rate: string | undefined): Result<Limit, string> {
  if (most !== undefined && rate !== undefined)
    return refuse("--max-errors and --max-error-rate do not go together");
  if (rate === undefined) {
    if (most !== undefined && !/^\d{1,9}$/.test(most)) return refuse("--max-errors takes a whole number");
    return accept({ kind: "errors", most: Number(most ?? "0") });
  }
  const percent = /^\d{1,3}(?:\.\d{1,4})?%?$/.test(rate) ? Number(rate.replace("%", "")) : NaN;
  return percent <= 100
    ? accept({ kind: "rate", percent })
    : refuse("--max-error-rate takes per cent, from 0 to 100");
}

export const release: Command = { usage, run };
