import { Abandonment } from "../../server/core/abandonment.js";
import type { UpstreamRequest } from "../../server/ports.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { KeepingSink, startTcpServer, type TcpServer } from "../fixtures/tcp-server.js";
import { createCalls } from "../fixtures/upstream-calls.js";

const { upstream, start, send, stop } = createCalls();
afterEach(stop);
afterAll(() => upstream.close());

async function relayed(server: TcpServer, overrides: Partial<UpstreamRequest> = {}) {
  const reply = accepted(await send(server, overrides));
  const sink = new KeepingSink();
  const verdict = await reply.body.relay(sink);
  return { status: reply.status, headers: reply.headers, verdict, ending: sink.ending, text: sink.text };
}

describe("the request", () => {
  test("goes out byte for byte, with its own Host and no header of the client's making", async () => {
    const seen: string[] = [];
    const server = await start((socket, text) => {
      seen.push(text);
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    const headers = ["Host", "abc.lambda-url.example", "X-A", "1", "x-a", "2", "X-Name", "caf\u00e9"];
    await relayed(server, { path: "/f(1)/%2f//x?a=%20&a&b[0]=|", headers });
    expect(seen[0]?.split("\r\n")).toEqual([
      "GET /f(1)/%2f//x?a=%20&a&b[0]=| HTTP/1.1",
      "host: abc.lambda-url.example",
      "connection: keep-alive",
      ...["X-A: 1", "x-a: 2", "X-Name: caf\u00e9", "", ""],
    ]);
  });

  test("carries its body with its length", async () => {
    const seen: string[] = [];
    const server = await start((socket, text) => {
      seen.push(text);
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    await relayed(server, { method: "POST", body: Buffer.from([0, 255]) });
    await relayed(server, { method: "POST" });
    expect(seen[0]).toMatch(/\r\ncontent-length: 2\r\n\r\n\u0000\u00ff$/);
    expect(seen[1]).toMatch(/\r\ncontent-length: 0\r\n\r\n$/);
  });

  test("goes over a connection that is free again", async () => {
    const server = await start((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    for (let call = 0; call < 5; call += 1) {
      await relayed(server);
      // undici looks one turn whether the server closes after all.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.sockets.length).toBe(1);
  });
});

describe("the head of the answer", () => {
  const answering = (head: string, body = "") =>
    start((socket) => socket.write(Buffer.from(head + body, "latin1")));

  test("keeps every field apart, in order, with its case and its bytes", async () => {
    const server = await answering(
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Name: caf\u00e9\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\n",
      "ok",
    );
    expect(await relayed(server)).toEqual({
      status: 200,
      headers: ["Set-Cookie", "a=1", "X-Name", "caf\u00e9", "set-cookie", "b=2", "Content-Length", "2"],
      verdict: "complete",
      ending: "ended",
      text: "ok",
    });
  });

  test.each([
    ["HEAD", "200 OK", ["content-length", "7"]],
    ["GET", "204 No Content", ["x-a", "1"]],
    ["GET", "304 Not Modified", ["content-length", "7"]],
  ])("of %s %s ends the answer, whatever length it names", async (method, status, headers) => {
    const server = await answering(`HTTP/1.1 ${status}\r\n${headers.join(": ")}\r\n\r\n`);
    expect(await relayed(server, { method })).toMatchObject({ headers, verdict: "complete", text: "" });
  });

  test("is the final one: early hints are passed over", async () => {
    const early = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n";
    const server = await answering(early, "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok");
    expect(await relayed(server)).toMatchObject({
      status: 201,
      headers: ["content-length", "2"],
      text: "ok",
    });
  });

  test.each([503, 429, 500])("is passed on once, and nothing is tried again, for %i", async (status) => {
    let count = 0;
    const server = await start((socket) => {
      count += 1;
      socket.write(`HTTP/1.1 ${status} No\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n`);
    });
    expect(await relayed(server)).toMatchObject({ status, verdict: "complete" });
    expect(count).toBe(1);
  });
});

describe("a call that never gets a head", () => {
  test("is unreachable where nobody listens", async () => {
    const server = await startTcpServer();
    await server.close();
    expect(refused(await send(server))).toMatchObject({
      reason: "upstream_unreachable",
      cause: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  test.each(["", "HTTP/1.1 200 OK\r\ncontent-le"])(
    "is unreachable where the function dies after '%s'",
    async (text) => {
      let count = 0;
      const server = await start((socket) => {
        count += 1;
        socket.end(text);
      });
      expect(refused(await send(server)).reason).toBe("upstream_unreachable");
      expect(count).toBe(1);
    },
  );

  test("is unreachable where what comes is not HTTP", async () => {
    const server = await start((socket) => socket.write("SSH-2.0-OpenSSH\r\n\r\n"));
    expect(refused(await send(server)).reason).toBe("upstream_unreachable");
  });

  test("times out with the route", async () => {
    const server = await start();
    expect(refused(await send(server, { timeoutMs: 20 }))).toEqual({
      reason: "upstream_timeout",
      timeoutMs: 20,
    });
  });

  test("ends with its caller, and the function's connection with it", async () => {
    const gone = new Abandonment();
    const closed = new Promise((resolve) => {
      void start((socket) => {
        socket.once("close", resolve);
        gone.abandon("client_gone");
      }).then(async (server) => {
        expect(refused(await send(server, { abandonment: gone }))).toEqual({ reason: "client_gone" });
      });
    });
    await closed;
  });

  test("is not sent for a caller who goes while it connects, and says so at once", async () => {
    const seen: string[] = [];
    const server = await start((socket, text) => {
      seen.push(text);
      socket.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    const abandonment = new Abandonment();
    const connecting = send(server, { abandonment, path: "/left" });
    abandonment.abandon("client_gone");
    expect(refused(await connecting)).toEqual({ reason: "client_gone" });
    // That connection comes about all the same, and this call's after it.
    await relayed(server, { path: "/stayed" });
    while (server.sockets.length < 2) await relayed(server, { path: "/stayed" });
    expect(seen.filter((text) => text.includes("/left"))).toEqual([]);
  });

  test("is not made for a caller who has gone already", async () => {
    const seen: string[] = [];
    const server = await start((_, text) => seen.push(text));
    const abandonment = new Abandonment();
    abandonment.abandon("client_gone");
    expect(refused(await send(server, { abandonment }))).toEqual({ reason: "client_gone" });
    expect([server.sockets.length, seen.length]).toEqual([0, 0]);
  });
});
