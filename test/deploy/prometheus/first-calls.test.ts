// Alerts see the first calls that a process ever has: what its /metrics says before and after them, as series for promtool.
// A counter that is not there before has not risen, to Prometheus.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { createMetrics, type PrometheusMetrics } from "../../../server/adapters/metrics.js";
import type { Verdict } from "../../../server/core/inbound.js";
import { promtool, testWithPromtool } from "./promtool.js";

jest.setTimeout(60_000);

const routes = [{ name: "reports", doors: new Set(["proxy"] as const) }];
/** Minutes that the processes wait for their first calls, which then all come between two scrapes. */
const idle = 20;

const call =
  (count: number, status: number, verdict: Verdict, seconds = 1) =>
  (metrics: PrometheusMetrics): void => {
    const upstream = { verdict, milliseconds: seconds * 1000, bytes: 0 };
    for (let each = 0; each < count; each++)
      metrics.callEnded({ route: "reports", door: "proxy", status, verdict, seconds, upstream });
  };

const refusal =
  (outcome: string) =>
  (metrics: PrometheusMetrics): void =>
    metrics.assumeRole({ rule: "analyst", outcome, seconds: 0.1 });

async function countersOf(metrics: PrometheusMetrics): Promise<Map<string, string>> {
  const { text } = await metrics.read();
  const lines = text.matchAll(/^(grantway_\w+_total\{.*\}) (\S+)$/gm);
  return new Map(Array.from(lines, ([, series = "", value = ""]) => [series, value]));
}

async function seriesOf(instance: number, act: (metrics: PrometheusMetrics) => void) {
  const metrics = createMetrics(() => 0, { routes });
  const before = await countersOf(metrics);
  act(metrics);
  return Array.from(await countersOf(metrics), ([series, value]) => ({
    series: series.replace("{", `{job="grantway",instance="${instance}",`),
    values: `${before.has(series) ? "0" : "_"}x${idle - 1} ${value}x60`,
  }));
}

/** The alerts that fire some minutes after the processes did each of these. */
async function firing(
  minutes: number,
  processes: number,
  ...acts: readonly ((metrics: PrometheusMetrics) => void)[]
): Promise<(alert: string) => boolean> {
  const instances = Array.from({ length: processes }, (_, instance) =>
    seriesOf(instance, (metrics) => {
      for (const act of acts) act(metrics);
    }),
  );
  const input_series = (await Promise.all(instances)).flat();
  return (alert) => {
    const folder = mkdtempSync(join(tmpdir(), "grantway-first-calls-"));
    const expr = `count(ALERTS{alertname="${alert}", alertstate="firing"})`;
    const asked = { expr, eval_time: `${idle + minutes}m`, exp_samples: [{ labels: "{}", value: 1 }] };
    const file = {
      rule_files: [resolve("deploy/prometheus/alerts.yaml")],
      evaluation_interval: "1m",
      tests: [{ interval: "1m", input_series, promql_expr_test: [asked] }],
    };
    try {
      writeFileSync(join(folder, "test.yaml"), stringify(file));
      const { status, text } = promtool(["test", "rules", "test.yaml"], folder);
      if (status !== 0) expect(text).toContain("got: nil");
      return status === 0;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

testWithPromtool("six answers that break off in each of four processes are seen", async () => {
  const broken = [call(6, 200, "truncated")];
  expect((await firing(6, 4, ...broken))("GrantwayCallsBroken")).toBe(true);
  expect((await firing(3, 4, ...broken))("GrantwayErrorBudgetBurn")).toBe(true);
});

testWithPromtool.each<[string, number, Verdict]>([
  ["broke before the head", 502, "truncated"],
  ["had no answer in time", 504, "timed_out"],
  ["fell silent after the head", 200, "timed_out"],
  ["failed before the head", 502, "function_error"],
  ["failed after the head", 200, "function_error"],
])("calls that %s are seen, in a process that has had none", async (_what, status, verdict) => {
  expect((await firing(6, 1, call(9, status, verdict)))("GrantwayCallsBroken")).toBe(true);
});

testWithPromtool("a call of a quarter of an hour that nobody waits for is seen", async () => {
  const isFiring = await firing(20, 3, call(1, 200, "client_gone", 900));
  expect(isFiring("GrantwayAbandonedWork")).toBe(true);
});

testWithPromtool("sessions that STS refuses to the first callers are seen", async () => {
  for (const outcome of ["session_refused", "session_too_large"])
    expect((await firing(7, 6, refusal(outcome)))("GrantwaySessionsRefused")).toBe(true);
});

testWithPromtool("what they are a share of is seen as well", async () => {
  const few = await firing(6, 4, call(200, 200, "complete"), call(6, 200, "truncated"));
  expect(few("GrantwayCallsBroken")).toBe(false);
  for (const verdict of ["complete", "timed_out", "truncated", "function_error"] as const) {
    const mostly = await firing(20, 1, call(1, 200, "client_gone", 900), call(9, 200, verdict, 900));
    expect([verdict, mostly("GrantwayAbandonedWork")]).toEqual([verdict, false]);
  }
});
