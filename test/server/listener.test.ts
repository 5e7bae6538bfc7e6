// Clocks of the listener, and what is answered when node:http gives up on a request.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import express from "express";
import { answerConnectionErrors } from "../../server/adapters/connection-errors.js";
import { createLog } from "../../server/adapters/log.js";
import { createMetrics } from "../../server/adapters/metrics.js";
import { createAppServer } from "../../server/app-server.js";
import { drain, listen } from "../../server/listener.js";
import { openSocket, readToEnd, readUntil, requestText } from "../fixtures/raw-http.js";

const lines: string[] = [];
const metrics = createMetrics(() => 0);
let onHeld: (response: ServerResponse) => void;
const app = express().use((request, response) => {
  if (request.url === "/held") {
    onHeld(response);
    return;
  }
  request.resume().on("end", () => response.end("whole"));
});
const server = createAppServer(app, { maxHeaderSize: 16_384, checkMs: 20 });
answerConnectionErrors(server, { metrics, log: createLog({ write: (line) => void lines.push(line) }) });
let url: string;

beforeAll(async () => {
  const clocks = { keepAliveTimeoutMs: 60_000, headersTimeoutMs: 60, requestTimeoutMs: 120 };
  url = `http://127.0.0.1:${await listen(server, { host: "127.0.0.1", port: 0, ...clocks })}`;
});
afterAll(() => drain(server, 0));

test.each([
  ["a head that does not end", "GET / HTTP/1.1\r\nHost: a\r\n"],
  ["a body that does not end", `${requestText("POST / HTTP/1.1", "Host: a", "Content-Length: 5")}half`],
])("%s is answered with 408, and the connection ends", async (_what, text) => {
  const socket = await openSocket(url);
  socket.write(text);
  const { status, body } = await readToEnd(socket);
  expect(status).toBe(408);
  expect(body).toContain("urn:grantway:problem:request_timeout");
  expect(lines.at(-1)).toContain("request_timeout");
});

test("a connection that is idle between two requests is under none of these clocks", async () => {
  const socket = await openSocket(url);
  const slow = await openSocket(url);
  slow.write("GET / HTTP/1.1\r\n");
  socket.write(requestText("GET / HTTP/1.1", "Host: a"));
  // Longer than both clocks: another connection has been given up meanwhile.
  expect((await readToEnd(slow)).status).toBe(408);
  socket.write(requestText("GET / HTTP/1.1", "Host: a", "Connection: close"));
  expect((await readToEnd(socket)).body.split("whole")).toHaveLength(3);
});

test("what is late behind a call in flight does not end that call, and its connection ends with it", async () => {
  let finish = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    onHeld = (response) => {
      finish = () => response.end("whole");
      response.write("held, ");
      resolve();
    };
  });
  const socket = await openSocket(url);
  socket.write(`${requestText("GET /held HTTP/1.1", "Host: a")}GET / HTTP/1.1\r\nHos`);
  await begun;
  const slow = await openSocket(url);
  slow.write("GET / HTTP/1.1\r\n");
  const other = await openSocket(url);
  // Two rounds of the same clock: the half of a request above is late by now.
  expect((await readToEnd(slow)).status).toBe(408);
  other.write("GET / HTTP/1.1\r\n");
  expect((await readToEnd(other)).status).toBe(408);
  finish();
  expect((await readToEnd(socket)).body).toContain("whole");
});

test("the clocks for a request leave a body more than its own minute, and none runs for an answer", async () => {
  const usual = createAppServer(app, { maxHeaderSize: 16_384 });
  await listen(usual, { host: "127.0.0.1", port: 0, keepAliveTimeoutMs: 60_000 });
  expect(usual.requestTimeout).toBeGreaterThan(60_000);
  expect(usual.timeout).toBe(0);
  await drain(usual, 0);
});

test("who keeps his side open after a refusal does not hold a drain up", async () => {
  const other = createAppServer(app, { maxHeaderSize: 16_384 });
  answerConnectionErrors(other, { metrics, log: createLog({ write: () => undefined }) });
  const port = await listen(other, { host: "127.0.0.1", port: 0, keepAliveTimeoutMs: 60_000 });
  const socket = await openSocket(`http://127.0.0.1:${port}`, { allowHalfOpen: true });
  socket.resume().write("GARBAGE\r\n\r\n");
  await new Promise((resolve) => socket.once("end", resolve));
  expect(await drain(other, 60_000)).toBe("finished");
  socket.destroy();
});

test("a drain ends idle connections, and the one whose answer is still on its way to a slow reader after that", async () => {
  const other = createAppServer(app, { maxHeaderSize: 16_384 });
  const port = await listen(other, { host: "127.0.0.1", port: 0, keepAliveTimeoutMs: 60_000 });
  const bytes = 32 * 1024 * 1024;
  const ended = new Promise<void>((resolve) => {
    onHeld = (response) =>
      resolve(void response.writeHead(200, { "content-length": bytes }).end(Buffer.alloc(bytes)));
  });
  const slow = await openSocket(`http://127.0.0.1:${port}`);
  slow.write(requestText("GET /held HTTP/1.1", "Host: a"));
  await ended;
  const idle = await openSocket(`http://127.0.0.1:${port}`);
  idle.write(requestText("GET / HTTP/1.1", "Host: a"));
  await readUntil(idle, "whole");

  const drained = drain(other, 60_000);
  await new Promise((resolve) => idle.once("close", resolve));
  let read = 0;
  for await (const piece of slow) read += (piece as Buffer).length;
  expect(read).toBeGreaterThan(bytes);
  expect(await drained).toBe("finished");
});

test("a drain ends connections that never sent a byte, and waits for the one whose request has begun to arrive", async () => {
  const other = createAppServer(app, { maxHeaderSize: 16_384 });
  const port = await listen(other, { host: "127.0.0.1", port: 0, keepAliveTimeoutMs: 60_000 });
  const accepted = once(other, "connection") as Promise<[Socket]>;
  const begun = await openSocket(`http://127.0.0.1:${port}`);
  const [its] = await accepted;
  const arrived = new Promise<void>((resolve) => {
    onHeld = (response) => resolve(void response.end("whole"));
  });
  begun.write("GET /held HTTP/1.1\r\n");
  while (its.bytesRead === 0) await new Promise(setImmediate);
  const silent = await openSocket(`http://127.0.0.1:${port}`);
  let [isOver, isSilentGone] = [false, false];
  const drained = drain(other, 60_000).finally(() => (isOver = true));
  silent.resume().once("close", () => (isSilentGone = true));
  await Promise.race([drained, new Promise((resolve) => silent.once("close", resolve))]);
  expect([isSilentGone, isOver]).toEqual([true, false]);
  const answered = readToEnd(begun);
  begun.write("Host: a\r\n\r\n");
  await arrived;
  expect((await answered).body).toContain("whole");
  expect(await drained).toBe("finished");
});

test("refusals that never were a request are counted, and nothing of them stays in flight", async () => {
  const { text } = await metrics.read();
  expect(text).toMatch(
    /grantway_requests_total\{route="none",door="none",status="408",verdict="complete"\} [1-9]/,
  );
  expect(text).toMatch(/^grantway_calls_in_flight 0$/m);
});
