import { once } from "node:events";
import { createUpstream } from "../../server/adapters/upstream.js";
import { Abandonment } from "../../server/core/abandonment.js";
import { accepted } from "../fixtures/outcome.js";
import { KeepingSink } from "../fixtures/tcp-server.js";
import { chunked, closing, createCalls, head, lastChunk, requestTo } from "../fixtures/upstream-calls.js";

const { upstream, start, open, stop } = createCalls();
afterEach(stop);
afterAll(() => upstream.close());

describe("a stream that breaks", () => {
  test.each([
    ["within a chunk", `${head}ff\r\nhalf`],
    ["between two chunks", head + chunked("half")],
    ["short of its length", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"],
    ["in no HTTP any more", `${head}4\r\nhalf\r\nzz\r\n`],
  ])("%s is truncated, and never a clean end for the reader", async (_, text) => {
    const { body, sink } = await open((connection) => connection.end(text));
    expect(await body.relay(sink)).toBe("truncated");
    expect([sink.text, sink.ending]).toEqual(["half", "destroyed"]);
  });

  test("before anybody reads it is truncated all the same", async () => {
    const { body, socket, sink } = await open((connection) => connection.write(head));
    socket.destroy();
    await closing(socket);
    expect(await body.relay(sink)).toBe("truncated");
    expect(sink.ending).toBe("destroyed");
  });

  test.each([
    "content-length: 100",
    "connection: close\r\ncontent-length: 100",
    "connection: close\r\ntransfer-encoding: chunked",
  ])("is broken for a reader who is full where the function dies half-way (%j)", async (fields) => {
    for (const hangUp of ["end", "resetAndDestroy"] as const) {
      const { body, socket, sink } = await open((connection) =>
        connection.write(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${chunked("half")}`),
      );
      sink.isFull = true;
      const verdict = body.relay(sink);
      socket[hangUp]();
      expect(await verdict).toBe("truncated");
      expect(sink.ending).toBe("destroyed");
    }
  });

  test("ends at the route's timeout, silent or not", async () => {
    const { body, socket, sink } = await open((connection) => connection.write(head + chunked("a")), {
      timeoutMs: 1_000,
    });
    expect(await body.relay(sink)).toBe("timed_out");
    expect(sink.ending).toBe("destroyed");
    await closing(socket);
  });

  test("at its timeout before anybody reads it says so", async () => {
    const { body, socket, sink } = await open((connection) => connection.write(head), { timeoutMs: 500 });
    await closing(socket);
    expect(await body.relay(sink)).toBe("timed_out");
  });
});

describe("a reader who goes away", () => {
  test("ends the call and the function's connection", async () => {
    const gone = new Abandonment();
    const { body, socket, sink } = await open((connection) => connection.write(head + chunked("a")), {
      abandonment: gone,
    });
    const verdict = body.relay(sink);
    gone.abandon("client_gone");
    expect(await verdict).toBe("client_gone");
    await closing(socket);
  });

  test("ends the call and the function's connection, even while full", async () => {
    const gone = new Abandonment();
    const { body, socket, sink } = await open((connection) => connection.write(head), { abandonment: gone });
    sink.isFull = true;
    const verdict = body.relay(sink);
    const arrival = once(sink, "chunk");
    socket.write(chunked("a"));
    await arrival;
    gone.abandon("client_gone");
    expect(await verdict).toBe("client_gone");
    await closing(socket);
  });

  test("from within a write ends the call too", async () => {
    const gone = new Abandonment();
    const { body, socket, sink } = await open((connection) => connection.write(head), { abandonment: gone });
    sink.on("chunk", () => gone.abandon("client_gone"));
    const verdict = body.relay(sink);
    socket.write(chunked("a") + chunked("b") + lastChunk);
    expect(await verdict).toBe("client_gone");
    await closing(socket);
  });

  test("before the body was asked for leaves nothing open", async () => {
    const gone = new Abandonment();
    const { body, socket, sink } = await open((connection) => connection.write(head), {
      abandonment: gone,
    });
    gone.abandon("client_gone");
    await closing(socket);
    expect(await body.relay(sink)).toBe("client_gone");
    expect(sink.ending).toBe("destroyed");
  });
});

test("close() breaks what is in flight", async () => {
  const other = createUpstream();
  const server = await start((socket) => socket.write(head));
  const { body } = accepted(await other.send(requestTo(server)));
  const verdict = body.relay(new KeepingSink());
  await other.close();
  expect(await verdict).toBe("truncated");
});
