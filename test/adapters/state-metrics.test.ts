// What /metrics says of the gateway's state: as it is when it is asked for, and with a label for each part.
import { spawn } from "node:child_process";
import { createMetrics } from "../../server/adapters/metrics.js";
import type { GatewayState } from "../../server/adapters/state-metrics.js";

const state: GatewayState = {
  version: "1.2.3",
  memoryLimitBytes: 2 ** 30,
  checks: () => ({ accepting: true, keys: true, limits: true, roles: true }),
  heldKeys: () => [{ issuer: "main", keys: 2, fetchedAt: 1_700_000_000_500 }],
  droppedLogLines: () => 0,
  failedExports: () => 0,
};

async function linesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { text } = await metrics.read();
  return text.split("\n").filter((line) => line.startsWith("grantway_"));
}

async function watched(changes: Partial<GatewayState> = {}): Promise<string[]> {
  const metrics = createMetrics(() => 0);
  metrics.watch({ ...state, ...changes });
  return linesOf(metrics);
}

test("the version and the room for memory stand there", async () => {
  expect(await watched()).toEqual(
    expect.arrayContaining([
      'grantway_build_info{version="1.2.3"} 1',
      "grantway_memory_limit_bytes 1073741824",
    ]),
  );
});

test.each(["accepting", "keys", "limits", "roles"])(
  "of the checks, %s alone does not hold",
  async (failing) => {
    const lines = await watched({ checks: () => ({ ...state.checks(), [failing]: false }) });
    const checks = lines.filter((line) => line.startsWith("grantway_ready{"));
    expect(checks).toHaveLength(4);
    expect(checks.filter((line) => line.endsWith(" 0"))).toEqual([`grantway_ready{check="${failing}"} 0`]);
  },
);

test("an issuer has its keys and when they were fetched, and no time where there are none", async () => {
  const held = [
    { issuer: "main", keys: 2, fetchedAt: 1_700_000_000_500 },
    { issuer: "other", keys: 0, fetchedAt: undefined },
  ];
  const lines = await watched({ heldKeys: () => held });
  expect(lines).toEqual(
    expect.arrayContaining([
      'grantway_signing_keys{issuer="main"} 2',
      'grantway_signing_keys{issuer="other"} 0',
    ]),
  );
  expect(lines.filter((line) => line.startsWith("grantway_signing_keys_fetched"))).toEqual([
    'grantway_signing_keys_fetched_timestamp_seconds{issuer="main"} 1700000000.5',
  ]);
});

test("keys that are withdrawn take their time with them", async () => {
  const metrics = createMetrics(() => 0);
  let fetchedAt: number | undefined = 1_000;
  metrics.watch({ ...state, heldKeys: () => [{ issuer: "main", keys: 1, fetchedAt }] });
  expect((await linesOf(metrics)).join()).toContain("fetched_timestamp_seconds{");
  fetchedAt = undefined;
  expect((await linesOf(metrics)).join()).not.toContain("fetched_timestamp_seconds{");
});

test("what is counted elsewhere is told as it stands, however often it is asked for", async () => {
  const metrics = createMetrics(() => 0);
  const counts = { lines: 0 };
  metrics.watch({ ...state, droppedLogLines: () => counts.lines, failedExports: () => 7 });
  expect(await linesOf(metrics)).toContain("grantway_log_lines_dropped_total 0");
  counts.lines = 3;
  await linesOf(metrics);
  expect(await linesOf(metrics)).toEqual(
    expect.arrayContaining([
      "grantway_log_lines_dropped_total 3",
      "grantway_telemetry_export_failures_total 7",
    ]),
  );
});

test("task protection is a metric of ECS tasks only", async () => {
  expect((await watched()).join()).not.toContain("grantway_task_protected");
  expect(await watched({ isTaskProtected: () => true })).toContain("grantway_task_protected 1");
  expect(await watched({ isTaskProtected: () => false })).toContain("grantway_task_protected 0");
});

test("lines of the log that nobody reads in time are counted once they are dropped", async () => {
  const program = `
    import { createLog, droppedLines } from "./server/adapters/log.ts";
    const log = createLog();
    const line = "x".repeat(2 ** 20);
    for (let at = 0; at < 15; at++) log.info(line);
    const before = droppedLines(log);
    for (let at = 0; at < 5; at++) log.info(line);
    process.stderr.write(JSON.stringify([before, droppedLines(log)]) + "\\n");`;
  // Nobody reads its standard output.
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
  const told = await new Promise<string>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => text.startsWith("[") && resolve(text));
  });
  child.kill("SIGKILL");
  const [before, after] = JSON.parse(told) as [number, number];
  expect(before).toBe(0);
  expect(after).toBeGreaterThan(0);
});
