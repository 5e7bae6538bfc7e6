import { createLog } from "../server/adapters/log.js";
import { createMetrics } from "../server/adapters/metrics.js";
import { createRecord, type Ended } from "../server/call-record.js";
import { principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { roleSessionWith, sessionSpecWith } from "./fixtures/session.js";
import { ChunkedBody, inboundWith } from "./fixtures/upstream.js";

const startedAt = 1_000_000;
const own: Ended["reply"] = { kind: "own", status: 504, headers: {}, body: "" };
const findings: Ended["findings"] = {
  route: routeWith("ANY /reports", { name: "reports" }),
  door: "proxy",
  principal: principalWith(),
  spec: sessionSpecWith(),
  session: roleSessionWith(),
};

/** The line and the metrics of a call that ends 3 s after it began. */
async function recorded(ended: Partial<Ended>) {
  const lines: string[] = [];
  const metrics = createMetrics(() => 0);
  const log = createLog({ write: (line) => void lines.push(line) });
  const record = createRecord({ log, metrics, clock: () => startedAt + 3000 });
  record({ inbound: inboundWith(), findings: {}, reply: own, verdict: "complete", startedAt, ...ended });
  expect(lines).toHaveLength(1);
  const { text } = await metrics.read();
  return {
    line: JSON.parse(lines[0] ?? "") as Record<string, unknown>,
    metrics: text.split("\n").filter((line) => /^grantway_(?:upstream|abandoned|requests)/.test(line)),
  };
}

describe("the line of a call", () => {
  test("says what was asked, who asked, by which route, and how it ended", async () => {
    const { line } = await recorded({ findings });
    expect(line).toMatchObject({
      level: 30,
      message: "request",
      requestId: inboundWith().requestId,
      method: "POST",
      path: "/reports/7",
      client: "203.0.113.7",
      status: 504,
      durationMs: 3000,
      verdict: "complete",
      route: "reports",
      door: "proxy",
      subject: "alice",
      rule: "analyst",
    });
  });

  test("says why it was refused, with the data of that reason", async () => {
    const denial = { reason: "sts_throttled", cause: "Rate exceeded", retryAfterSeconds: 1 } as const;
    expect((await recorded({ denial })).line).toMatchObject(denial);
  });

  test("is an error with its stack where one was thrown", async () => {
    const { line } = await recorded({ findings, error: new TypeError("a bug") });
    expect(line).toMatchObject({ level: 50, message: "request failed", err: { type: "TypeError" } });
    expect(line).toMatchObject({ subject: "alice", status: 504 });
  });

  test.each([
    ["/a/b?token=secret", "/a/b"],
    ["/a#secret", "/a"],
    ["/?", "/"],
    [`/${"a".repeat(2000)}`, `/${"a".repeat(1023)}`],
    [`/${"a".repeat(2000)}?secret`, `/${"a".repeat(1023)}`],
    ["http://user:secret@host/a", "(not a path)"],
    ["*", "(not a path)"],
  ])("has the path of %j alone", async (rawTarget, path) => {
    expect((await recorded({ inbound: inboundWith({ rawTarget }) })).line).toMatchObject({ path });
  });
});

describe("a call that was sent to its function", () => {
  const upstream = { startedAt: startedAt + 1000 };

  test("ends with the answer that is relayed, and costs the time and the bytes of it", async () => {
    const body = new ChunkedBody([]);
    body.bytes = 7;
    const reply = { kind: "relayed", status: 200, headers: [], body } as const;
    const { line, metrics } = await recorded({
      findings: { ...findings, upstream },
      reply,
      verdict: "truncated",
    });
    expect(line).toMatchObject({ verdict: "truncated", upstreamMs: 2000, bytes: 7 });
    expect(metrics).toEqual([
      'grantway_requests_total{route="reports",door="proxy",status="200",verdict="truncated"} 1',
      'grantway_upstream_seconds_total{route="reports",verdict="truncated"} 2',
      'grantway_upstream_bytes_total{route="reports",verdict="truncated"} 7',
    ]);
  });

  test("and came to nothing has its own end, not that of the refusal's answer", async () => {
    const ended = { at: startedAt + 2500, verdict: "client_gone" } as const;
    const { line, metrics } = await recorded({ findings: { ...findings, upstream: { ...upstream, ended } } });
    expect(line).toMatchObject({ verdict: "client_gone", upstreamMs: 1500, bytes: 0 });
    expect(metrics).toEqual([
      'grantway_requests_total{route="reports",door="proxy",status="504",verdict="client_gone"} 1',
      'grantway_upstream_seconds_total{route="reports",verdict="client_gone"} 1.5',
      'grantway_upstream_bytes_total{route="reports",verdict="client_gone"} 0',
      'grantway_abandoned_seconds_total{route="reports"} 1.5',
    ]);
  });

  test("and met a bug of ours is truncated", async () => {
    const { line } = await recorded({ findings: { ...findings, upstream }, error: new Error("a bug") });
    expect(line).toMatchObject({ verdict: "truncated", upstreamMs: 2000 });
  });
});

test("a call that was not has neither", async () => {
  const { line, metrics } = await recorded({ findings });
  expect(line).not.toHaveProperty("upstreamMs");
  expect(metrics).toEqual([
    'grantway_requests_total{route="reports",door="proxy",status="504",verdict="complete"} 1',
  ]);
});
