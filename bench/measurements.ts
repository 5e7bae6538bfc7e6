// Every measurement by its name on the command line: what it measures, on whom, how much of it.
import {
  startContender,
  type Contender,
  type ContenderName,
  type ContenderSettings,
  type Surroundings,
} from "./contenders.js";
import type { ByContender, Figures, SteadyLoadName } from "./figures.js";
import type { LoadLength } from "./load/load-generator.js";
import { coldCallers } from "./measure/cold-caller.js";
import { measureFirstByte } from "./measure/first-byte.js";
import { measureLargeStream } from "./measure/large-stream.js";
import { measureSilentCalls, mostSilentCalls } from "./measure/silent-calls.js";
import { measureSingleFlight } from "./measure/single-flight.js";
import { loads, measureThroughput } from "./measure/throughput.js";
import { openFileLimit } from "./open-files.js";
import type { MeasurementName } from "./options.js";
import type { RunParts } from "./run.js";

export interface Stage extends RunParts {
  readonly settings: ContenderSettings;
  /** All of them, side by side. */
  readonly contenders: readonly Contender[];
}

export type Measurement = (stage: Stage) => Promise<Partial<Figures>>;

export const measurements: Readonly<Record<MeasurementName, Measurement>> = {
  "small-get": (stage) => underLoad("small-get", stage),
  "post-16k": (stage) => underLoad("post-16k", stage),
  "stream-1mb": (stage) => underLoad("stream-1mb", stage),
  "cold-caller": async ({ contenders, options, settings }) => {
    const { mint } = settings.surroundings;
    const callersPerRound = options.isQuick ? 20 : 500;
    const load = coldCallers({ rounds: options.rounds, callersPerRound, mint });
    return { throughput: { "cold-caller": await measureThroughput(contenders, load) } };
  },
  "first-byte": async ({ contenders, options, settings }) => {
    const calls = options.isQuick ? 20 : 300;
    const firstByte: Partial<Record<ContenderName, Awaited<ReturnType<typeof measureFirstByte>>>> = {};
    for (const contender of contenders.filter(({ name }) => single.includes(name)))
      firstByte[contender.name] = await measureFirstByte(contender, settings.surroundings, calls);
    return { firstByte };
  },
  "stream-200mb": async ({ options, settings }) => {
    const bytes = options.isQuick ? 10e6 : 200e6;
    return { largeStream: await onFresh(settings, (...on) => measureLargeStream(...on, bytes)) };
  },
  "silent-calls": async ({ options, settings }) => {
    const calls = mostSilentCalls(options.isQuick ? 100 : 10_000, openFileLimit());
    const settleMs = options.isQuick ? 50 : 1_000;
    return {
      silentCalls: await onFresh(settings, (...on) => measureSilentCalls(...on, { calls, settleMs })),
    };
  },
  "single-flight": async ({ contenders, settings }) => {
    const grantway = contenders.find(({ name }) => name === "grantway");
    return grantway
      ? { singleFlight: await measureSingleFlight(grantway, settings.surroundings, 1_000) }
      : {};
  },
};

/** For figures that are not throughput: the gateway, and the limit of the runtime beside it. */
const single: readonly ContenderName[] = ["bare-relay", "grantway"];

async function underLoad(
  name: Exclude<SteadyLoadName, "cold-caller">,
  { contenders, load, options, settings }: Stage,
): Promise<Partial<Figures>> {
  const request = { ...loads[name], token: settings.surroundings.mint("alice") };
  const measured = await measureThroughput(contenders, {
    rounds: options.rounds,
    run: ({ origin }, round) =>
      load.run(origin, request, round === 0 ? shortened(options.length) : options.length),
  });
  return { throughput: { [name]: measured } };
}

/** Enough to learn. */
const shortened = (length: LoadLength): LoadLength =>
  "seconds" in length ? { seconds: Math.min(1, length.seconds) } : length;

/** In a process of its own that has done nothing yet. */
async function onFresh<T>(
  settings: ContenderSettings,
  measure: (contender: Contender, surroundings: Surroundings) => Promise<T>,
): Promise<ByContender<T>> {
  const measured: Partial<Record<ContenderName, T>> = {};
  for (const name of single) {
    const contender = await startContender(name, settings);
    measured[name] = await measure(contender, settings.surroundings);
    await contender.stop();
  }
  return measured;
}
