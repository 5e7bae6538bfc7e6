// Reads what a gateway has answered on one route from its admin listener's /metrics. Names are those of
// server/adapters/metrics.ts; the format is Prometheus's text exposition.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
import { accept, refuse, type Result } from "../core/result.js";
import type { Fault, Gateway, GatewayCounts } from "./ports.js";

const TIMEOUT_MS = 5_000;
/** A gateway of hundreds of routes writes some hundred KB. */
const TEXT_BYTES = 16 * 1024 * 1024;

export const gatewayAt = (url: string, route: string): Gateway => ({
  url,
  route,
  read: () => readGateway(new URL("/metrics", url).href, route),
});

async function readGateway(metricsUrl: string, route: string): Promise<Result<GatewayCounts, Fault>> {
  try {
    const answer = await fetch(metricsUrl, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
    if (answer.status !== 200) return unreadable(metricsUrl, `it answered ${answer.status}`);
    const text = await readText(answer);
    if (text === undefined) return unreadable(metricsUrl, "it is too long");
    const counts = readCounts(text, route);
    return counts === undefined ? unreadable(metricsUrl, "these are not grantway's metrics") : accept(counts);
  } catch (error) {
    const { cause = error } = error as { readonly cause?: unknown };
    return unreadable(metricsUrl, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readText({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > TEXT_BYTES) return undefined;
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString();
}

const unreadable = (url: string, why: string) =>
  refuse<Fault>({ kind: "failed", sentence: `the gateway's numbers at ${url} cannot be read: ${why}` });

const REQUESTS = /^grantway_requests_total\{(?<labels>.*)\} (?<value>\S+)$/;
const LABEL = /(?<name>[a-zA-Z_]\w*)="(?<value>(?:[^"\\]|\\.)*)"/g;
const STARTED = /^process_start_time_seconds (?<value>\S+)$/m;

/** A route whose calls have ended in no such way yet may have a line of 0, or none. */
export function readCounts(text: string, route: string): GatewayCounts | undefined {
  const startedAt = Number(STARTED.exec(text)?.groups?.value);
  if (Number.isNaN(startedAt)) return undefined;
  let [answers, failures] = [0, 0];
  for (const line of text.split("\n")) {
    const { labels = "", value = "" } = REQUESTS.exec(line)?.groups ?? {};
    const named = new Map([...labels.matchAll(LABEL)].map(({ groups }) => [groups?.name, groups?.value]));
    if (named.get("route") !== route) continue;
    answers += Number(value);
    if (Number(named.get("status")) >= 500) failures += Number(value);
  }
  return Number.isNaN(answers) ? undefined : { startedAt, answers, failures };
}
