// What the rules and the dashboard name is there: each metric and label in the /metrics of a gateway that has served calls of
// all kinds, and each value that a matcher looks for in the code's own closed sets (tsc holds these lists to them).
import type { ServerResponse } from "node:http";
import type { Reason } from "../../../server/core/denial.js";
import type { Verdict } from "../../../server/core/inbound.js";
import type { Door } from "../../../server/core/model.js";
import { compileRateLimit } from "../../../server/config/compile-rate-limit.js";
import { rateLimitSchema } from "../../../server/config/rate-limit-schema.js";
import { protectionTimes } from "../../../server/core/task-protection.js";
import type { ReadinessChecks } from "../../../server/core/readiness.js";
import { nothingInFlight } from "../../fixtures/calls-in-flight.js";
import { answerJson, startEcsAgent, type EcsAgent } from "../../fixtures/ecs-agent.js";
import { until } from "../../fixtures/until.js";
import { startStack, type Stack } from "../../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../../fixtures/upstream-server.js";
import { manualTime } from "../local/manual-time.js";
import {
  alerts,
  alternativesOf,
  dashboard,
  dashboardQueries,
  groupingsIn,
  rules,
  selectorsIn,
} from "./queries.js";

const expressions = [...rules.map(({ expr }) => expr), ...dashboardQueries];
const selectors = expressions.flatMap(selectorsIn);
/** Given by Prometheus to every series. */
const ofPrometheus = ["job", "instance"];

let stack: Stack;
let agent: EcsAgent;
let upstream: UpstreamServer;
let answer: (response: ServerResponse) => void;
const time = manualTime(Date.now());
/** Label names of each metric, as they were scraped. */
const scraped = new Map<string, Set<string>>();
/** Before the first call. */
let atStart: readonly string[];

const limit = compileRateLimit(
  rateLimitSchema.parse({
    name: "one-tenant",
    key: "claims.tenant",
    routes: ["echo"],
    requests: 1,
    per: "24h",
  }),
);

async function served(
  path: string,
  behave: typeof answer = (response) => response.end("done"),
): Promise<void> {
  answer = behave;
  const called = stack.fetchAs("alice", path).then((reply) => reply.text());
  await called.catch(() => "broken");
  await nothingInFlight(stack);
}

/** One call that a protection is asked for and refused, and then left by its caller. */
async function longCallIsLeft(): Promise<void> {
  const arrived = new Promise<void>((resolve) => (answer = () => resolve()));
  const caller = new AbortController();
  const left = stack.fetchAs("alice", "/hello", { signal: caller.signal }).catch(() => "left");
  await arrived;
  agent.answer = answerJson(400, { error: { Code: "AccessDeniedException", Message: "no" } });
  for (let look = 0; look < 3; look++) await time.advance(protectionTimes.lookMs);
  await until(() => agent.requests.length > 0 && agent.underWay.now === 0);
  caller.abort();
  await left;
  await nothingInFlight(stack);
}

const readMetrics = async (): Promise<string> => (await fetch(`${stack.adminUrl}/metrics`)).text();

beforeAll(async () => {
  agent = await startEcsAgent();
  upstream = await startUpstreamServer((_request, response) => answer(response));
  stack = await startStack({
    adjust: (settings) => ({ ...routedTo(upstream.origin)(settings), rateLimits: [limit] }),
    surroundings: { agentUri: agent.uri, clock: time.clock, after: time.after },
  });
  atStart = (await readMetrics()).split("\n");
  await fetch(`${stack.adminUrl}/readyz`);
  await served("/hello");
  await served("/hello", (response) => response.writeHead(503).end("no"));
  await served("/hello", (response) => void response.writeHead(200).write("half", () => response.destroy()));
  await served("/echo/1");
  await served("/echo/2");
  await served("/nothing/here");
  await (await stack.fetchAs("alice", "/grant/hello", { method: "POST" })).text();
  await (await fetch(`${stack.url}/partner/orders`, { headers: { "x-api-key": "guessed" } })).text();
  await longCallIsLeft();
  const text = await readMetrics();
  for (const [, name = "", inner = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? [\d.e+-]+$/gm)) {
    const labels = scraped.get(name) ?? new Set();
    for (const [, label = ""] of inner.matchAll(/(\w+)="/g)) labels.add(label);
    scraped.set(name, labels);
  }
});
afterAll(async () => {
  agent.answer = answerJson(200, { protection: { ProtectionEnabled: false } });
  await stack.close();
  await Promise.all([upstream.close(), agent.close()]);
});

/** What a recording rule makes has the labels that it groups by. */
const labelsOf = (metric: string): ReadonlySet<string> | undefined => {
  const recorded = rules.find(({ record }) => record === metric);
  if (recorded) return new Set(groupingsIn(recorded.expr));
  return metric === "up" ? new Set() : scraped.get(metric);
};

test("every metric that a rule or a panel names is one that the gateway has", () => {
  expect(selectors.length).toBeGreaterThan(100);
  const named = new Set(selectors.map(({ metric }) => metric));
  expect([...named].filter((metric) => labelsOf(metric) === undefined)).toEqual([]);
});

test("every label that a rule or a panel matches or groups by is one of its metrics'", () => {
  const strange = expressions.flatMap((expr) => {
    const used = selectorsIn(expr);
    const known = new Set([...ofPrometheus, ...used.flatMap(({ metric }) => [...(labelsOf(metric) ?? [])])]);
    const matched = used.flatMap(({ metric, matchers }) =>
      matchers
        .filter(({ label }) => !ofPrometheus.includes(label) && !labelsOf(metric)?.has(label))
        .map(({ label }) => `${metric}{${label}}`),
    );
    return [...matched, ...groupingsIn(expr).filter((label) => !known.has(label))];
  });
  expect(strange).toEqual([]);
});

test("every label that a text or a legend shows is one that its expression leaves", () => {
  const shown = [
    ...alerts.map(({ expr, annotations }) => ({ expr, text: Object.values(annotations ?? {}).join(" ") })),
    ...dashboard.panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({ expr, text: legendFormat })),
    ),
  ];
  const missing = shown.flatMap(({ expr, text }) => {
    const grouped = Array.from(expr.matchAll(/\bby \(([^)]*)\)/g), ([, names = ""]) =>
      names.split(", "),
    ).flat();
    const left =
      grouped.length > 0 ? grouped : selectorsIn(expr).flatMap(({ metric }) => [...(labelsOf(metric) ?? [])]);
    return Array.from(
      text.matchAll(/\{\{ ?(?:\$labels\.)?([a-z]\w*) ?\}\}/g),
      ([, label = ""]) => label,
    ).filter((label) => ![...left, ...(grouped.length > 0 ? [] : ofPrometheus)].includes(label));
  });
  expect(missing).toEqual([]);
});

const verdicts = {
  ...{ complete: 1, truncated: 1, function_error: 1, client_gone: 1, timed_out: 1, drained: 1 },
} satisfies Record<Verdict, 1>;
const doors = { proxy: 1, grant: 1, sts: 1, none: 1 } satisfies Record<Door | "sts" | "none", 1>;
const checks = { accepting: 1, keys: 1, limits: 1, roles: 1 } satisfies Record<keyof ReadinessChecks, 1>;
/** Those that our rules look for; tsc says where one is none any more. */
const reasons = [
  ...["token_issuer_unknown", "token_algorithm_refused", "token_key_unknown", "token_signature_invalid"],
  ...["token_not_yet_valid", "token_audience_invalid", "token_claim_invalid", "internal_error", "overloaded"],
  ...["sts_throttled", "sts_unavailable", "session_refused", "session_too_large"],
  ...["authorizer_failed", "authorizer_unavailable"],
] as const satisfies readonly (Reason | "internal_error")[];

const closedSets: Readonly<Record<string, readonly string[]>> = {
  verdict: Object.keys(verdicts),
  door: Object.keys(doors),
  check: Object.keys(checks),
  reason: reasons,
  outcome: [...reasons, "ok", "failed"],
};

const matchedValues = selectors
  .flatMap(({ matchers }) => matchers)
  .filter(({ value }) => value !== ".*")
  .flatMap(({ label, value }) => alternativesOf(value).map((one) => ({ label, value: one })));

test("every value that a matcher looks for can be there", () => {
  const strange = matchedValues.filter(({ label, value }) => {
    if (label === "status") return !/^[1-5](?:\d\d|\.\.)$/.test(value);
    if (label === "job") return value !== "grantway";
    return !closedSets[label]?.includes(value);
  });
  expect(strange).toEqual([]);
  // Nothing is left on the list that no rule looks for.
  const looked = new Set(matchedValues.map(({ value }) => value));
  expect(reasons.filter((reason) => !looked.has(reason))).toEqual([]);
});

test("what must be seen to rise from nothing is there as 0 from the start", () => {
  const calls = ["200 complete", "200 truncated", "200 timed_out", "200 function_error", "502 truncated"];
  const ofRoute = [...calls, "502 function_error", "504 timed_out"].map((call) => {
    const [status = "", verdict = ""] = call.split(" ");
    return `requests_total{route="hello",door="proxy",status="${status}",verdict="${verdict}"}`;
  });
  const seconds = Object.keys(verdicts)
    .filter((verdict) => verdict !== "drained")
    .map((verdict) => `upstream_seconds_total{route="hello",verdict="${verdict}"}`);
  const refusals = ["internal_error", "overloaded"].map((reason) => `refusals_total{reason="${reason}"}`);
  const sessions = ["session_refused", "session_too_large"].map(
    (outcome) => `assume_role_total{outcome="${outcome}"}`,
  );
  const series = [
    ...[...ofRoute, ...seconds, ...refusals, ...sessions],
    ...[`abandoned_seconds_total{route="hello"}`, "rate_limit_store_errors_total", "log_lines_dropped_total"],
    "telemetry_export_failures_total",
  ];
  expect(series.filter((one) => !atStart.includes(`grantway_${one} 0`))).toEqual([]);
});
