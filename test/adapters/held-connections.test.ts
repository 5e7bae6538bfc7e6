import { once } from "node:events";
import type { Socket } from "node:net";
import { createHeldConnections } from "../../server/adapters/held-connections.js";
import { startTcpServer } from "../fixtures/tcp-server.js";

/** A connection read as undici reads: at each `readable` all there is, until there is nothing. */
async function openConnection(onRead: (bytes: Buffer) => void) {
  const server = await startTcpServer();
  const connections = createHeldConnections({});
  const { hostname, port } = new URL(server.origin);
  const socket = await new Promise<Socket>((resolve, reject) => {
    connections.connect({ hostname, host: server.host, protocol: "http:", port }, (error, connected) => {
      if (error) reject(error);
      else resolve(connected);
    });
  });
  let wakeUps = 0;
  const pull = (): Buffer | null => socket.read() as Buffer | null;
  socket.on("readable", () => {
    wakeUps += 1;
    for (let bytes = pull(); bytes !== null; bytes = pull()) onRead(bytes);
  });
  socket.write("GET / HTTP/1.1\r\n\r\n");
  const close = async () => {
    socket.destroy();
    await server.close();
  };
  return { server, connections, wakeUps: () => wakeUps, close };
}

/** The other end, once it is there. */
async function farEnd(server: Awaited<ReturnType<typeof openConnection>>["server"]): Promise<Socket> {
  while (server.sockets.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [socket] = server.sockets;
  if (!socket) throw new Error("no connection");
  return socket;
}

test("a connection held and released within one read goes on by itself, without a further wake-up", async () => {
  const { promise, resolve } = arrival();
  let wakeUpsAtRead = 0;
  const { server, connections, wakeUps, close } = await openConnection((bytes) => {
    wakeUpsAtRead = wakeUps();
    connections.current()?.hold();
    connections.current()?.release();
    resolve(bytes);
  });
  (await farEnd(server)).write("all");
  expect(String(await promise)).toBe("all");
  await new Promise((next) => setImmediate(next));
  expect(wakeUps()).toBe(wakeUpsAtRead);
  await close();
});

test("a connection that is held gives nothing more, and all of it once it is released", async () => {
  const read: string[] = [];
  const { promise, resolve } = arrival();
  const { server, connections, close } = await openConnection((bytes) => {
    read.push(String(bytes));
    if (read.length === 1) connections.current()?.hold();
    resolve(bytes);
  });
  const far = await farEnd(server);
  far.write("one");
  await promise;
  const connection = connections.current();
  await new Promise((sent) => far.write("two", sent));
  for (let turn = 0; turn < 5; turn += 1) await new Promise((next) => setImmediate(next));
  expect(read).toEqual(["one"]);
  connection?.release();
  far.end("three");
  await once(far, "finish");
  while (read.join("") !== "onetwothree") await new Promise((next) => setImmediate(next));
  await close();
});

function arrival() {
  let resolve!: (bytes: Buffer) => void;
  const promise = new Promise<Buffer>((settle) => (resolve = settle));
  return { promise, resolve };
}
