// The admin listener: alive, ready, measured; and nothing of it on the callers' port.
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test("a gateway with its issuers' keys in hand is ready", async () => {
  await stack.fetchAs("alice", "/hello");
  const ready = await fetch(`${stack.adminUrl}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ready", reasons: [] }]);
  expect((await fetch(`${stack.adminUrl}/livez`)).status).toBe(200);
});

test("metrics count requests by route and status, sessions, AssumeRole calls and calls in flight", async () => {
  await (await stack.fetchAs("carol", "/hello")).text();
  await (await fetch(`${stack.url}/nothing/here`)).text();
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(
    /grantway_requests_total\{route="hello",door="proxy",status="200",verdict="complete"\} \d/,
  );
  expect(metrics).toMatch(
    /grantway_requests_total\{route="none",door="none",status="404",verdict="complete"\} 1/,
  );
  expect(metrics).toMatch(
    /grantway_request_duration_seconds_count\{route="hello",door="proxy",status="200"\} \d/,
  );
  expect(metrics).toMatch(/grantway_sessions_cached [12]/);
  expect(metrics).toMatch(/grantway_assume_role_total\{outcome="ok"\} [12]/);
  expect(metrics).toMatch(/grantway_calls_in_flight 0/);
});

test("the callers' port knows none of it", async () => {
  for (const path of ["/livez", "/readyz", "/metrics"])
    expect((await fetch(`${stack.url}${path}`)).status).toBe(404);
});

describe("limits that contradict each other", () => {
  let running: Stack;
  const startWith = async (drainMs: number, timeoutMs: number) => {
    running = await startStack({
      adjust: ({ listen, routes, ...settings }) => ({
        ...settings,
        listen: { ...listen, drainMs, drainMayCut: false },
        routes: routes.map((route) => ({ ...route, timeoutMs })),
      }),
    });
  };
  afterEach(() => running.close());

  const reasons = async () => {
    // With an issuer's keys in hand, only the limits are left to speak of.
    await (await running.fetchAs("alice", "/hello")).text();
    const ready = await fetch(`${running.adminUrl}/readyz`);
    return [ready.status, ((await ready.json()) as { reasons: unknown }).reasons];
  };
  const warnings = () =>
    running.logLines().filter(({ message }) => message === "limits contradict each other");

  test("keep the gateway out of traffic, with the reason, and are logged once", async () => {
    await startWith(1_000, 2_000);
    const contradiction = expect.stringMatching(
      /^a restart would break calls of route hello and of \d+ more: listen.drain 1s is shorter than its timeout 2s$/,
    ) as string;
    expect(await reasons()).toEqual([503, [contradiction]]);
    expect(warnings()).toEqual([expect.objectContaining({ contradiction, level: 40 })]);
  });

  test("are none where the drain is just long enough", async () => {
    await startWith(2_000, 2_000);
    expect(await reasons()).toEqual([200, []]);
    expect(warnings()).toEqual([]);
  });
});

test("no clock of node:http's or undici's own is on that would cut a silent call", () => {
  const contradictions = stack.logLines().filter(({ contradiction }) => contradiction !== undefined);
  expect(contradictions).toEqual([]);
});
