// The ways a call can end that its answer does not show: silence, a failed function, a drain, a refused connection.
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { createUpstream } from "../../server/adapters/upstream.js";
import { Abandonment } from "../../server/core/abandonment.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { KeepingSink, startTcpServer } from "../fixtures/tcp-server.js";
import { chunked, closing, createCalls, head, lastChunk, requestTo } from "../fixtures/upstream-calls.js";

const { upstream, start, send, open, stop } = createCalls();
afterEach(stop);
afterAll(() => upstream.close());

describe("idleTimeoutMs", () => {
  test("ends a stream that is silent for so long, and its connection", async () => {
    const { body, socket, sink } = await open((connection) => connection.write(head + chunked("a")), {
      idleTimeoutMs: 30,
    });
    expect(await body.relay(sink)).toBe("timed_out");
    expect([sink.text, sink.brokenBy]).toEqual(["a", "timed_out"]);
    await closing(socket);
  });

  test("does not count before the head", async () => {
    const server = await start((connection) => {
      setTimeout(() => connection.write(`${head}${lastChunk}`), 60);
    });
    const { body } = accepted(await send(server, { idleTimeoutMs: 20 }));
    expect(await body.relay(new KeepingSink())).toBe("complete");
  });

  test("does not count while the reader is full", async () => {
    const { body, socket, sink } = await open((connection) => connection.write(head + chunked("a")), {
      idleTimeoutMs: 20,
    });
    sink.isFull = true;
    const verdict = body.relay(sink);
    setTimeout(() => {
      sink.isFull = false;
      socket.write(lastChunk, () => sink.drain());
    }, 60);
    expect(await verdict).toBe("complete");
    expect([sink.text, sink.ending]).toEqual(["a", "ended"]);
  });
});

describe("a function that failed", () => {
  test.each(["Lambda-Runtime-Function-Error-Type", "x-amz-function-error"])(
    "by a trailer, %s, is a broken transfer though its answer ended well",
    async (name) => {
      const { body, sink } = await open((connection) =>
        connection.write(`${head}${chunked("all")}0\r\n${name}: Unhandled\r\n\r\n`),
      );
      expect(await body.relay(sink)).toBe("function_error");
      expect([sink.text, sink.brokenBy, body.bytes]).toEqual(["all", "function_error", 3]);
    },
  );

  test("by its head is one too, and the length that its reader would trust is not told", async () => {
    const server = await start((connection) =>
      connection.write(
        "HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 3\r\nX-Amz-Function-Error: Unhandled\r\n\r\nall",
      ),
    );
    const { headers, body } = accepted(await send(server));
    expect(headers).toEqual(["ETag", "x", "X-Amz-Function-Error", "Unhandled"]);
    const sink = new KeepingSink();
    expect(await body.relay(sink)).toBe("function_error");
    expect([sink.text, sink.brokenBy]).toEqual(["all", "function_error"]);
  });

  test("is told from one that broke off before it could say more", async () => {
    const { body, socket, sink } = await open((connection) =>
      connection.write(`HTTP/1.1 200 OK\r\nx-amz-function-error: Unhandled\r\ncontent-length: 9\r\n\r\nhalf`),
    );
    const verdict = body.relay(sink);
    socket.destroy();
    expect(await verdict).toBe("function_error");
  });
});

test("other trailers are passed on with the end", async () => {
  const { body, sink } = await open((connection) =>
    connection.write(`${head}${chunked("a")}0\r\nX-Checksum: 1\r\nset-cookie: a=b\r\n\r\n`),
  );
  expect(await body.relay(sink)).toBe("complete");
  expect([sink.ending, sink.trailers]).toEqual(["ended", ["X-Checksum", "1"]]);
});

describe("a drain", () => {
  test("refuses a call that has no head yet, and closes its connection", async () => {
    const abandonment = new Abandonment();
    const closed = new Promise((resolve) => {
      void start((connection) => {
        connection.once("close", resolve);
        abandonment.abandon("drained");
      }).then(async (server) => {
        expect(refused(await send(server, { abandonment }))).toEqual({ reason: "draining" });
      });
    });
    await closed;
  });

  test("breaks one that has, and closes its connection", async () => {
    const abandonment = new Abandonment();
    const { body, socket, sink } = await open((connection) => connection.write(head), { abandonment });
    const verdict = body.relay(sink);
    abandonment.abandon("drained");
    expect(await verdict).toBe("drained");
    expect(sink.brokenBy).toBe("drained");
    await closing(socket);
  });
});

test("leave() ends the call and its connection", async () => {
  const { body, socket, sink } = await open((connection) => connection.write(head + chunked("a")));
  sink.once("chunk", () => body.leave());
  expect(await body.relay(sink)).toBe("client_gone");
  await closing(socket);
});

test("nobody listens for the end of a call that is over", async () => {
  const abandonment = new Abandonment();
  const { body, sink } = await open((connection) => connection.write(head + lastChunk), { abandonment });
  await body.relay(sink);
  abandonment.abandon("client_gone");
  expect(sink.ending).toBe("ended");
});

describe("a refused connection", () => {
  /** Nobody listens here any more. */
  async function deserted() {
    const server = await startTcpServer();
    await server.close();
    return server;
  }

  test("is tried again until somebody listens", async () => {
    const server = await deserted();
    const patient = createUpstream({ refusedWaitsMs: Array<number>(1000).fill(2) });
    const reply = patient.send(requestTo(server));
    // This one came later and has been refused: so the first try of the other has.
    expect(refused(await send(server)).reason).toBe("upstream_unreachable");
    const late = createServer((_request, response) => response.writeHead(204).end());
    late.listen(Number(new URL(server.origin).port), "127.0.0.1");
    expect(accepted(await reply).status).toBe(204);
    await patient.close();
    late.close();
    await once(late, "close");
  });

  test("is given up after the last wait, for the reason it was refused", async () => {
    expect(refused(await send(await deserted()))).toMatchObject({
      reason: "upstream_unreachable",
      cause: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  test("is tried again by default, while somebody comes to listen within half a second", async () => {
    const server = await deserted();
    const usual = createUpstream();
    const reply = usual.send(requestTo(server));
    const quick = createUpstream({ refusedWaitsMs: [] });
    // Refused at once, and later than the first try of the other.
    expect(refused(await quick.send(requestTo(server))).reason).toBe("upstream_unreachable");
    const late = createServer((_request, response) => response.writeHead(204).end());
    late.listen(Number(new URL(server.origin).port), "127.0.0.1");
    expect(accepted(await reply).status).toBe(204);
    await Promise.all([quick.close(), usual.close()]);
    late.close();
    late.closeAllConnections();
  });

  test("is not what a connection is that came about and could not be secured: not tried again", async () => {
    const plain = createTcpServer((socket) => socket.on("error", () => undefined).end("no TLS"));
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    const patient = createUpstream({ refusedWaitsMs: [3_600_000] });
    const host = `127.0.0.1:${(plain.address() as AddressInfo).port}`;
    const secure = requestTo({ origin: `https://${host}`, host, sockets: [], close: stop });
    expect(refused(await patient.send(secure)).reason).toBe("upstream_unreachable");
    plain.close();
    await patient.close();
  });

  test("is not tried again once the call's time is over, or its caller gone", async () => {
    const server = await deserted();
    const patient = createUpstream({ refusedWaitsMs: [3_600_000] });
    const abandonment = new Abandonment();
    const [late, gone] = [
      patient.send(requestTo(server, { timeoutMs: 50 })),
      patient.send(requestTo(server, { abandonment })),
    ];
    expect(refused(await late)).toEqual({ reason: "upstream_timeout", timeoutMs: 50 });
    abandonment.abandon("client_gone");
    expect(refused(await gone)).toEqual({ reason: "client_gone" });
    await patient.close();
  });

  test.each(["resetAndDestroy", "end"] as const)(
    "is not what a connection is that was taken, read from and then ended by %s: sent once, never again",
    async (hangUp) => {
      let requests = 0;
      const server = await start((socket) => {
        requests += 1;
        socket[hangUp]();
      });
      expect(refused(await send(server)).reason).toBe("upstream_unreachable");
      expect(refused(await send(server, { method: "POST", body: Buffer.from("once") })).reason).toBe(
        "upstream_unreachable",
      );
      // The next call's own: nothing came after the two.
      await send(server);
      expect(requests).toBe(3);
    },
  );
});
