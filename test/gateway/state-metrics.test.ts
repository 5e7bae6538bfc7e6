// The metrics that alerts rest on, as a gateway shows them that is refused tokens, sent garbage and told to stop.
import type { ServerResponse } from "node:http";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, readUntil } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  upstream = await startUpstreamServer((_request, response) => answer(response));
  stack = await startStack({ adjust: routedTo(upstream.origin) });
});
afterEach(async () => {
  await stack.close();
  await upstream.close();
});

/** Of the series that begins so; undefined where there is none. */
async function value(series: string): Promise<number | undefined> {
  const text = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  const found = text.split("\n").find((line) => line.startsWith(`${series} `));
  return found === undefined ? undefined : Number(found.slice(series.length));
}

test("a refusal is counted by its reason, which callers do not get", async () => {
  const authorization = "Bearer eyJhbGciOiJSUzI1NiJ9.e30.AAAA";
  expect((await fetch(`${stack.url}/hello`, { headers: { authorization } })).status).toBe(401);
  expect((await fetch(`${stack.url}/nothing`)).status).toBe(404);
  await nothingInFlight(stack);
  expect(await value('grantway_refusals_total{reason="token_issuer_unknown"}')).toBe(1);
  expect(await value('grantway_refusals_total{reason="token_invalid"}')).toBeUndefined();
  expect(await value('grantway_refusals_total{reason="route_unknown"}')).toBe(1);
  expect(await value('grantway_refusals_total{reason="internal_error"}')).toBe(0);
});

test("so is one of what is no HTTP", async () => {
  const socket = await openSocket(stack.url);
  socket.write("nonsense\r\n\r\n");
  await readUntil(socket, "400");
  socket.destroy();
  expect(await value('grantway_refusals_total{reason="request_malformed"}')).toBe(1);
});

test("an issuer's keys are there with the time of their fetch", async () => {
  answer = (response) => response.end("done");
  await (await stack.fetchAs("alice", "/hello")).text();
  expect(await value('grantway_signing_keys{issuer="local"}')).toBeGreaterThan(0);
  expect(await value('grantway_signing_key_fetches_total{issuer="local",outcome="ok"}')).toBeGreaterThan(0);
  const fetchedAt = await value('grantway_signing_keys_fetched_timestamp_seconds{issuer="local"}');
  expect(Math.abs((fetchedAt ?? 0) - Date.now() / 1000)).toBeLessThan(60);
});

test("one that drains is not accepting, and is otherwise what it was", async () => {
  const arrived = new Promise<ServerResponse>((resolve) => (answer = resolve));
  const call = stack.fetchAs("alice", "/hello");
  const response = await arrived;
  expect(await value('grantway_ready{check="accepting"}')).toBe(1);
  const stopped = stack.gateway.stop();
  expect(await value('grantway_ready{check="accepting"}')).toBe(0);
  for (const check of ["keys", "limits", "roles"])
    expect(await value(`grantway_ready{check="${check}"}`)).toBe(1);
  response.end("done");
  await (await call).text();
  await stopped;
});
