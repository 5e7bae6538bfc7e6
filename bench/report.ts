// Figures -> the rows that a reader sees, on the terminal and in bench/README.md alike.
import { contenderNames, descriptions, type ContenderName } from "./contenders.js";
import { ratio, steadyLoads, type ByContender, type Figures, type SteadyLoadName } from "./figures.js";
import { holdsOf } from "./holds.js";
import { lengthText } from "./load/load-generator.js";
import type { Throughput } from "./measure/throughput.js";
import type { Row } from "./text-table.js";

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

export function sectionsOf(figures: Figures): Section[] {
  const sections = [
    ...steadyLoads.map((load) => ({ title: titles[load], rows: throughputRows(figures, load) })),
    { title: "One at a time", rows: singleRows(figures) },
    { title: "Held to", rows: holdRows(figures) },
  ];
  return sections.filter(({ rows }) => rows.length > 1);
}

const titles: Readonly<Record<SteadyLoadName, string>> = {
  "small-get": "Small GET, 64 connections",
  "post-16k": "POST of 16 KB, 64 connections",
  "stream-1mb": "Streamed answer of 1 MB, 16 connections",
  "cold-caller": "Cold caller: each request with a token never seen, 32 connections",
};

function throughputRows(figures: Figures, load: SteadyLoadName): Row[] {
  const measured = figures.throughput[load];
  const head = ["", "req/s", "x relay", "p50 ms", "x relay", "p99 ms", "x relay", "MB", "x relay", "core"];
  const rows = contenderNames.flatMap((name) => {
    const sample = measured?.[name];
    return sample ? [[descriptions[name], ...throughputCells(figures, load, name, sample)]] : [];
  });
  return [head, ...rows];
}

function throughputCells(
  figures: Figures,
  load: SteadyLoadName,
  name: ContenderName,
  sample: Throughput,
): Row {
  const columns: readonly (readonly [(sample: Throughput) => number, number])[] = [
    [({ requestsPerSecond }) => requestsPerSecond, 0],
    [({ p50Ms }) => p50Ms, 2],
    [({ p99Ms }) => p99Ms, 2],
    [({ residentMb }) => residentMb, 0],
  ];
  const cells = columns.flatMap(([figure, digits]) => [
    grouped(figure(sample), digits),
    ratio(figures, load, [name, "bare-relay"], figure)?.toFixed(2) ?? "",
  ]);
  return [...cells, sample.coresBusy === undefined ? "" : `${(sample.coresBusy * 100).toFixed(0)} %`];
}

function singleRows({ firstByte, largeStream, silentCalls, singleFlight }: Figures): Row[] {
  const row = <T>(what: string, figures: ByContender<T> | undefined, say: (figure: T) => string): Row[] =>
    figures ? [[what, said(figures["bare-relay"], say), said(figures.grantway, say)]] : [];
  const calls = grouped(silentCalls?.grantway?.calls ?? 0);
  const megabytes = grouped((largeStream?.grantway?.bytes ?? 0) / 1e6);
  return [
    ["", descriptions["bare-relay"], descriptions.grantway],
    ...row("First byte added, median, ms", firstByte, ({ addedMs }) => addedMs.toFixed(2)),
    ...row(`Memory growth over a stream of ${megabytes} MB, MB`, largeStream, ({ growthBytes }) =>
      (growthBytes / 1e6).toFixed(1),
    ),
    ...row(`Memory per silent call, ${calls} in flight, KB`, silentCalls, ({ bytesPerCall }) =>
      (bytesPerCall / 1000).toFixed(1),
    ),
    ...(singleFlight
      ? [
          [
            `AssumeRole calls for ${grouped(singleFlight.calls)} first requests of one caller`,
            "",
            String(singleFlight.assumeRoleCalls),
          ],
        ]
      : []),
  ];
}

const said = <T>(figure: T | undefined, say: (figure: T) => string): string =>
  figure === undefined ? "" : say(figure);

const holdRows = (figures: Figures): Row[] => [
  ["", "hold", "measured", ""],
  ...holdsOf(figures).map(({ what, hold, measured, holds }) => [
    what,
    hold,
    measured,
    holds ? "holds" : "MISSED",
  ]),
];

const grouped = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function machineLine({ machine, rounds, length }: Figures): string {
  const { node, cpu, cores, loadGenerator, isPinned } = machine;
  const place = isPinned ? "a core of its own for what is measured" : "not pinned to cores";
  return `${machine.date}, Node ${node}, ${cores} cores (${cpu}), ${loadGenerator}, ${place}, medians of ${rounds} x ${lengthText(length)}`;
}
