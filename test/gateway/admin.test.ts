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
