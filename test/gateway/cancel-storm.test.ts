// 10,000 callers who leave, at every moment of a call: nothing of theirs stays, neither here nor at the function.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Abandonment, type AbandonmentListener } from "../../server/core/abandonment.js";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let bearer: string;
/** Who waits to see the upstream's side of his call, by the path he called. */
const waiting = new Map<string, (response: ServerResponse) => void>();

beforeAll(async () => {
  upstream = await startUpstreamServer((request, response) => {
    response.on("error", () => undefined);
    waiting.get(request.url ?? "")?.(response);
  });
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

type Moment = (socket: Socket, called: Promise<ServerResponse>) => Promise<unknown>;

const moments: readonly Moment[] = [
  // While the call is on its way, or connects.
  () => Promise.resolve(),
  () => new Promise((resolve) => setImmediate(resolve)),
  // While it waits for the head.
  async (_socket, called) => called,
  // In the middle of the stream.
  async (socket, called) => {
    (await called).write("begun");
    await readUntil(socket, "begun");
  },
];

/** While the reader holds it back. */
const whileHeld: Moment = async (socket, called) => {
  socket.pause();
  const response = await called;
  const chunk = Buffer.alloc(65_536);
  // The kernel's buffers take some megabytes before anybody is full.
  for (let written = 0; written < 128; written += 1) response.write(chunk);
};

/** One of a hundred is held: it is 8 MB to write. */
const momentOf = (at: number): Moment => (at === 0 ? whileHeld : (moments[at % moments.length] ?? whileHeld));

let calls = 0;

async function leave(moment: Moment): Promise<void> {
  const path = `/echo/${calls++}`;
  const called = new Promise<ServerResponse>((resolve) => waiting.set(path, resolve));
  const socket = await openSocket(stack.url);
  socket.on("error", () => undefined);
  socket.write(requestText(`GET ${path} HTTP/1.1`, "Host: a", bearer));
  await moment(socket, called);
  socket.resetAndDestroy();
  waiting.delete(path);
}

async function storm(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 100) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => leave(momentOf(at))));
  }
  await nothingInFlight(stack);
  while ((await connections()) > 0) await nextTurn();
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

const connections = (): Promise<number> =>
  new Promise((resolve, reject) => {
    upstream.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Of every call its abandonment, and who listened to that: the app first, then the upstream's side of the call. */
const met: WeakRef<object>[] = [];
const listen = Object.getOwnPropertyDescriptor(Abandonment.prototype, "listen");
Abandonment.prototype.listen = function (this: Abandonment, listener: AbandonmentListener): void {
  met.push(new WeakRef(this), new WeakRef(listener));
  (listen?.value as typeof this.listen).call(this, listener);
};
afterAll(() => Object.defineProperty(Abandonment.prototype, "listen", listen ?? {}));

/** How many of them are still held, be it by a listener that stayed somewhere. */
async function held(): Promise<number> {
  // What a turn has seen stays until its end.
  await nextTurn();
  collectGarbage();
  return met.filter((ref) => ref.deref() !== undefined).length;
}

test("leave no socket and no object behind", async () => {
  const path = "/echo/staying";
  const reply = stack.fetchAs("alice", path);
  const response = await new Promise<ServerResponse>((resolve) => waiting.set(path, resolve));
  // What is held is seen.
  expect(await held()).toBeGreaterThanOrEqual(2);
  response.end();
  await (await reply).text();
  const socketsBefore = sockets();

  await storm(10_000);
  expect(met.length).toBeGreaterThan(20_000);
  // The last calls of a connection, not many.
  expect(await held()).toBeLessThan(50);
  // One that does not close lets the test time out.
  while (sockets() > socketsBefore) await nextTurn();
}, 120_000);
