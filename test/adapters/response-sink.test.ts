// Against real connections: what a reader sees of an answer that is broken off.
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { ResponseSink } from "../../server/adapters/response-sink.js";
import type { BrokenVerdict } from "../../server/core/inbound.js";
import { openSocket, readToEnd, requestText } from "../fixtures/raw-http.js";

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(version = "1.1"): Promise<Socket> {
  const socket = await openSocket(url);
  socket.write(requestText(`GET / HTTP/${version}`, "Host: a", "Connection: close"));
  return socket;
}

test.each<BrokenVerdict>(["truncated", "function_error", "timed_out", "drained"])(
  "head and body of one turn leave before the transfer breaks (%s), and nothing that ends it",
  async (verdict) => {
    answer = (response) => {
      response.writeHead(200, ["x-a", "1"]);
      const sink = new ResponseSink(response, false);
      sink.write(Buffer.from("half"));
      sink.destroy(verdict);
    };
    const { status, body } = await readToEnd(await ask());
    expect([status, body]).toEqual([200, "4\r\nhalf\r\n"]);
  },
);

test("a break comes in time for a reader who does not read", async () => {
  const closed = new Promise((resolve) => {
    answer = (response) => {
      response.once("close", resolve);
      const sink = new ResponseSink(response, false, 50);
      while (sink.write(Buffer.alloc(65_536))) continue;
      for (let chunk = 0; chunk < 500; chunk += 1) sink.write(Buffer.alloc(65_536));
      sink.destroy("truncated");
    };
  });
  const socket = (await ask()).pause();
  await closed;
  socket.destroy();
});

test("for a reader who has gone nothing is waited for", async () => {
  const closed = new Promise((resolve) => {
    answer = (response) => {
      response.once("close", resolve);
      const sink = new ResponseSink(response, false, 3_600_000);
      for (let chunk = 0; chunk < 500; chunk += 1) sink.write(Buffer.alloc(65_536));
      sink.destroy("client_gone");
    };
  });
  const socket = (await ask()).pause();
  await closed;
  socket.destroy();
});

test("in HTTP/1.0 a break is a reset, and at once", async () => {
  answer = (response) => {
    const sink = new ResponseSink(response, true, 3_600_000);
    sink.write(Buffer.from("half"));
    sink.destroy("truncated");
  };
  await expect(readToEnd(await ask("1.0"))).rejects.toThrow("ECONNRESET");
});

test("trailers follow the last chunk, and are left out where there is none", async () => {
  answer = (response) => new ResponseSink(response.writeHead(200), false).end(["x-a", "1", "X-A", "2"]);
  expect((await readToEnd(await ask())).body).toBe("0\r\nx-a: 1\r\nX-A: 2\r\n\r\n");
  answer = (response) =>
    new ResponseSink(response.writeHead(200, ["content-length", "0"]), false).end(["x-a", "1"]);
  expect((await readToEnd(await ask())).body).toBe("");
});

test.each([204, 304])(
  "an answer of %i is whole at its head, and its head leaves, however the call ended",
  async (code) => {
    answer = (response) => {
      response.writeHead(code, ["x-a", "1"]);
      const sink = new ResponseSink(response, false);
      sink.flush();
      sink.destroy("function_error");
    };
    const { status, head, body } = await readToEnd(await ask());
    expect([status, head.includes("x-a: 1"), body]).toEqual([code, true, ""]);
  },
);
