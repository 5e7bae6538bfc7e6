// What one run found: the content of bench/latest.json, and what its table and the one in bench/README.md are made of.
import { cpus } from "node:os";
import type { ContenderName } from "./contenders.js";
import type { LoadGenerator, LoadLength } from "./load/load-generator.js";
import type { FirstByte } from "./measure/first-byte.js";
import type { LargeStream } from "./measure/large-stream.js";
import type { SilentCalls } from "./measure/silent-calls.js";
import type { SingleFlight } from "./measure/single-flight.js";
import type { Throughput, ThroughputByContender } from "./measure/throughput.js";

export const steadyLoads = ["small-get", "post-16k", "stream-1mb", "cold-caller"] as const;
export type SteadyLoadName = (typeof steadyLoads)[number];

export interface Figures {
  readonly machine: Machine;
  readonly rounds: number;
  readonly length: LoadLength;
  readonly throughput: Partial<Readonly<Record<SteadyLoadName, ThroughputByContender>>>;
  readonly firstByte?: ByContender<FirstByte>;
  readonly largeStream?: ByContender<LargeStream>;
  readonly silentCalls?: ByContender<SilentCalls>;
  readonly singleFlight?: SingleFlight;
}

export type ByContender<T> = Partial<Readonly<Record<ContenderName, T>>>;

export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly loadGenerator: LoadGenerator["name"];
  /** Whether the thing under test had a core of its own. */
  readonly isPinned: boolean;
}

/** Nothing that tells one machine of its kind from another. */
export const machineFacts = (loadGenerator: LoadGenerator["name"], isPinned: boolean): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  loadGenerator,
  isPinned,
});

/** `of` / `to` of two contenders under one load. */
export function ratio(
  { throughput }: Figures,
  load: SteadyLoadName,
  [of, to]: readonly [ContenderName, ContenderName],
  figure: (sample: Throughput) => number = (sample) => sample.requestsPerSecond,
): number | undefined {
  const above = throughput[load]?.[of];
  const below = throughput[load]?.[to];
  return above && below && figure(above) / figure(below);
}
