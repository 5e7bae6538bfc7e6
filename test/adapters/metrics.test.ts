import { createMetrics } from "../../server/adapters/metrics.js";
import { roleSessionWith } from "../fixtures/session.js";

const call = { route: "reports", door: "proxy", status: 200, verdict: "complete", seconds: 0.3 };

async function linesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { text } = await metrics.read();
  return text.split("\n").filter((line) => line.startsWith("grantway_"));
}

describe("metrics", () => {
  test("count calls by route, door, status and how they ended", async () => {
    const metrics = createMetrics(() => 0);
    for (const verdict of ["complete", "complete", "truncated"]) {
      metrics.callStarted();
      metrics.callEnded({ ...call, verdict });
    }
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining([
        'grantway_requests_total{route="reports",door="proxy",status="200",verdict="complete"} 2',
        'grantway_requests_total{route="reports",door="proxy",status="200",verdict="truncated"} 1',
      ]),
    );
  });

  test("time calls up to Lambda's 15 minutes", async () => {
    const metrics = createMetrics(() => 0);
    metrics.callEnded(call);
    metrics.callEnded({ ...call, seconds: 899 });
    const labels = 'route="reports",door="proxy",status="200"';
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining([
        `grantway_request_duration_seconds_bucket{le="0.25",${labels}} 0`,
        `grantway_request_duration_seconds_bucket{le="0.5",${labels}} 1`,
        `grantway_request_duration_seconds_bucket{le="600",${labels}} 1`,
        `grantway_request_duration_seconds_bucket{le="900",${labels}} 2`,
        `grantway_request_duration_seconds_sum{${labels}} 899.3`,
      ]),
    );
  });

  test("show the calls in flight, the sessions held and the AssumeRole calls by outcome", async () => {
    const state = { sessions: 3 };
    const metrics = createMetrics(() => state.sessions);
    metrics.callStarted();
    metrics.callStarted();
    metrics.callEnded(call);
    metrics.assumeRole({ rule: "analyst", outcome: "ok", seconds: 0.03 });
    metrics.assumeRole({ rule: "analyst", outcome: "ok", seconds: 3 });
    metrics.assumeRole({ rule: "analyst", outcome: "sts_throttled", seconds: 1 });
    state.sessions = 7;
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining([
        "grantway_calls_in_flight 1",
        "grantway_sessions_cached 7",
        'grantway_assume_role_total{outcome="ok"} 2',
        'grantway_assume_role_total{outcome="sts_throttled"} 1',
        'grantway_assume_role_duration_seconds_bucket{le="0.05",outcome="ok"} 1',
        'grantway_assume_role_duration_seconds_bucket{le="4",outcome="ok"} 2',
        'grantway_assume_role_duration_seconds_sum{outcome="sts_throttled"} 1',
      ]),
    );
  });

  test("measure the session tokens and how full STS says that the sessions are, by rule", async () => {
    const metrics = createMetrics(() => 0);
    const session = roleSessionWith({ packedPolicySize: 42 });
    metrics.assumeRole({ rule: "analyst", outcome: "ok", seconds: 0, session });
    metrics.assumeRole({ rule: "viewer", outcome: "ok", seconds: 0, session: roleSessionWith() });
    const lines = await linesOf(metrics);
    const tokenBytes = Buffer.byteLength(session.credentials.sessionToken);
    expect(lines).toEqual(
      expect.arrayContaining([
        'grantway_packed_policy_size_percent_bucket{le="40",rule="analyst"} 0',
        'grantway_packed_policy_size_percent_bucket{le="50",rule="analyst"} 1',
        `grantway_session_token_bytes_sum{rule="analyst"} ${tokenBytes}`,
        `grantway_session_token_bytes_sum{rule="viewer"} ${tokenBytes}`,
      ]),
    );
    expect(lines.join()).not.toContain('grantway_packed_policy_size_percent_count{rule="viewer"}');
  });

  test("are Prometheus text, with the process's own beside them", async () => {
    const { contentType, text } = await createMetrics(() => 0).read();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain("process_resident_memory_bytes");
  });
});
