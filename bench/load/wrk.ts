// wrk as the load generator: one thread, its report read from its own words. https://github.com/wg/wrk
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { endWithUs } from "../programs.js";
import {
  refuseFailures,
  type Failures,
  type LoadGenerator,
  type LoadRequest,
  type LoadResult,
} from "./load-generator.js";

/** Its script is written to `folder`. */
export const createWrk = (program: string, folder: string): LoadGenerator => ({
  name: "wrk",
  async run(origin, request, length) {
    const script = join(folder, "request.lua");
    writeFileSync(script, luaOf(request));
    const running = promisify(execFile)(program, [
      "--latency",
      ...["--timeout", "10s"],
      // Whole seconds only.
      ...["-d", `${"seconds" in length ? Math.ceil(length.seconds) : 1}s`],
      ...["-t", "1", "-c", String(request.connections), "-s", script],
      `${origin}${request.path}`,
    ]);
    endWithUs(running.child);
    const report = readReport((await running).stdout);
    refuseFailures(report, request);
    return report;
  },
});

const luaOf = ({ method, token, bodyBytes }: LoadRequest): string =>
  [
    `wrk.method = "${method}"`,
    `wrk.headers["Authorization"] = "Bearer ${token}"`,
    ...(bodyBytes > 0
      ? ['wrk.headers["Content-Type"] = "application/json"', `wrk.body = string.rep("x", ${bodyBytes})`]
      : []),
    "",
  ].join("\n");

export type WrkReport = LoadResult & Failures;

/** @throws when a figure is missing. */
export function readReport(text: string): WrkReport {
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const [, ...errors] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  const broken = errors.reduce((sum, count) => sum + Number(count), 0);
  return {
    requestsPerSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/, text)),
    p50Ms: milliseconds(figure(/^\s+50%\s+(\S+)/m, text)),
    p99Ms: milliseconds(figure(/^\s+99%\s+(\S+)/m, text)),
    refused,
    broken,
  };
}

function figure(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`wrk did not say ${pattern.source}:\n${text}`);
  return found;
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, number, unit = ""] = /^([\d.]+)(us|ms|s|m|h)$/.exec(text) ?? [];
  return Number(number) * (unitMs[unit] ?? NaN);
}
