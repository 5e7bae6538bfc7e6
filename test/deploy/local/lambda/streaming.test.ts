// How a streamed answer goes out: its head with the first write, each chunk as it comes, at the reader's speed, and
// never a clean end for a function that failed.
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { streamTo } from "../../../../deploy/local/aws/lambda/answer-sink.js";
import type { StreamStart } from "../../../../deploy/local/aws/lambda/invocation.js";
import { ResponseStream } from "../../../../deploy/local/aws/lambda/response-stream.js";
import { fixture, type Harness, readReply, serveFunctions } from "./lambda-harness.js";

const STREAMING = [
  ...[
    "streams",
    "streamsPlain",
    "streamsNothing",
    "streamsHeadOnly",
    "streamsHeadWithEnd",
    "streamsEmptyBody",
  ],
  ...[
    "streamsBadHead",
    "streamsHandMadeHead",
    "streamsHeadTooLate",
    "streamsSynchronously",
    "throwsBeforeHead",
  ],
  ...[
    "throwsMidStream",
    "exitsMidStream",
    "destroysStream",
    "throwsAfterEnd",
    "streamsMuch",
    "streamsAtOnce",
    "count",
  ],
];

let harness: Harness;
beforeAll(async () => {
  harness = await serveFunctions([
    ...STREAMING.map((name) => fixture(name, "RESPONSE_STREAM")),
    fixture("writesAfterFailing", "RESPONSE_STREAM"),
    fixture("streamsAndHangs", "RESPONSE_STREAM", { timeoutSeconds: 1 }),
    fixture("buffered", "BUFFERED", { handler: "functions.streamsJson" }),
    fixture("bufferedText", "BUFFERED", { handler: "functions.streamsPlain" }),
    fixture("bufferedHead", "BUFFERED", { handler: "functions.streams" }),
    fixture("bufferedMuch", "BUFFERED", { handler: "functions.streamsMuch" }),
  ]);
});
afterAll(() => harness.close());

const lastLog = (): string => harness.log.filter(({ level }) => level === "error").pop()?.message ?? "";

test("metadata is the head; its content-length is renamed", async () => {
  expect(await harness.call("/streams")).toMatchObject({
    status: 201,
    headers: {
      "content-type": "text/plain",
      "x-amzn-remapped-content-length": "999",
      "x-mine": "7",
      "set-cookie": ["a=1", "b=2"],
      "transfer-encoding": "chunked",
      "x-amzn-requestid": expect.any(String) as string,
    },
    body: "first;last",
    complete: true,
  });
});

test.each([
  ["streamsPlain", 200, "text/csv", "a,b"],
  ["streamsNothing", 200, "application/octet-stream", ""],
  ["streamsEmptyBody", 404, "application/octet-stream", ""],
  ["count", 200, "application/json", '{"calls":1}'],
])("%s is answered", async (name, status, type, body) => {
  expect(await harness.call(`/${name}`)).toMatchObject({
    status,
    headers: { "content-type": type },
    body,
    complete: true,
  });
});

test.each([
  ["streamsHeadOnly", "needs a write() before end()"],
  ["streamsHeadWithEnd", "needs a write() before end()"],
  ["streamsBadHead", "statusCode must be"],
  ["streamsHandMadeHead", "use HttpResponseStream.from"],
  ["throwsBeforeHead", "too early"],
])("%s fails before its head: 502, the reason in the log", async (name, reason) => {
  expect(await harness.call(`/${name}`)).toMatchObject({ status: 502, body: "Internal Server Error" });
  expect(lastLog()).toContain(reason);
});

test.each([
  ["throwsMidStream", "too late"],
  ["exitsMidStream", "Runtime.ExitError"],
  ["destroysStream", "Premature close"],
  ["streamsHeadTooLate", "too late"],
  ["streamsSynchronously", "non-async"],
  ["streamsAndHangs", "Task timed out after 1.00 seconds"],
])(
  "%s fails after its head: the client sees what was written, then a broken transfer",
  async (name, reason) => {
    expect(await harness.call(`/${name}`)).toMatchObject({ status: 200, body: "first", complete: false });
    expect(lastLog()).toContain(reason);
  },
);

test("a failure after the end spoils nothing", async () => {
  expect(await harness.call("/throwsAfterEnd")).toMatchObject({ status: 200, body: "whole", complete: true });
});

test("the first chunk arrives while the function still runs", async () => {
  const answer = await harness.open("/streamsAndHangs");
  const [chunk] = (await once(answer, "data")) as [Buffer];
  expect(chunk.toString()).toBe("first");
  answer.destroy();
});

test("a large stream arrives whole, also when its reader starts late", async () => {
  const answer = await harness.open("/streamsMuch?chunks=256");
  await harness.call("/streams");
  let expected = 0;
  for await (const byte of firstBytes(answer)) expect(byte).toBe(expected++ % 256);
  expect(expected).toBe(256);
});

async function* firstBytes(answer: IncomingMessage): AsyncGenerator<number> {
  let position = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>)
    for (const byte of chunk) if (position++ % 16_384 === 0) yield byte;
}

test("one write of 300 KB arrives whole", async () => {
  const { body, complete } = await harness.call("/streamsAtOnce");
  expect(complete).toBe(true);
  expect(body).toBe("abc".repeat(100_000));
});

test("what a failed call still writes neither reaches nor blocks the next one", async () => {
  expect(await harness.call("/writesAfterFailing")).toMatchObject({ body: "own;", complete: false });
  expect(await harness.call("/writesAfterFailing")).toMatchObject({ body: "own;own", complete: true });
});

test("a client that leaves does not stop the function", async () => {
  const before = harness.log.length;
  const answer = await harness.open("/streamsMuch?chunks=600");
  answer.destroy();
  const finished = () => harness.log.slice(before).some(({ message }) => message.endsWith("all written"));
  // Each round trip gives the function time to go on; it would never finish if nobody took its chunks.
  while (!finished()) await harness.call("/count");
});

describe("behind a BUFFERED URL", () => {
  test("a stream of JSON is taken as if it had been returned", async () => {
    expect(await harness.call("/buffered")).toMatchObject({ status: 202, body: "collected" });
  });

  test.each([
    ["bufferedText", "must be JSON"],
    ["bufferedHead", "InvokeMode: RESPONSE_STREAM"],
    ["bufferedMuch?chunks=385", "larger than 6291556 bytes"],
  ])("%s is a 502", async (path, reason) => {
    expect(await harness.call(`/${path}`)).toMatchObject({ status: 502 });
    expect(lastLog()).toContain(reason);
  });
});

describe("backpressure", () => {
  const MB = Buffer.alloc(1_048_576);
  const ids = { requestId: "r", traceId: "t" };

  test("a reader that does not read holds the function back", async () => {
    let taken = 0;
    const server = createServer((_req, res) => {
      const sink = streamTo(res, ids, () => undefined);
      sink.start({ contentType: "text/plain" });
      void (async () => {
        for (; taken < 64; taken += 1) await sink.chunk(MB);
        sink.end();
      })();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(request({ port }).end(), "response")) as [IncomingMessage];
    expect(taken).toBeLessThan(64);
    expect((await readReply(answer)).body).toHaveLength(64 * MB.length);
    server.close();
  });

  test.each([
    ["200 MB", 0, true],
    ["a byte more than 200 MB", 1, false],
  ])("%s (%i over the limit) arrive whole: %s", async (_what, over, isWhole) => {
    let received = 0;
    const server = createServer((_req, res) => {
      const sink = streamTo(res, ids, () => undefined);
      sink.start({ contentType: "text/plain" });
      void (async () => {
        for (let chunk = 0; chunk < 200; chunk += 1) await sink.chunk(MB);
        if (over > 0) await sink.chunk(Buffer.alloc(over));
        sink.end();
      })();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(request({ port }).end(), "response")) as [IncomingMessage];
    answer.on("data", (piece: Buffer) => (received += piece.length)).on("error", () => undefined);
    await new Promise((resolve) => answer.once("close", resolve));
    expect([received, answer.complete]).toEqual([200 * MB.length, isWhole]);
    server.close();
  });

  test("beyond 200 MB (here: 2) the transfer is broken off", async () => {
    const refusals: string[] = [];
    const server = createServer((_req, res) => {
      const sink = streamTo(res, ids, (why) => refusals.push(why), 2 * MB.length);
      sink.start({ contentType: "text/plain" });
      void (async () => {
        for (let chunk = 0; chunk < 3; chunk += 1) await sink.chunk(MB);
        sink.end();
      })();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(request({ port }).end(), "response")) as [IncomingMessage];
    const reply = await readReply(answer);
    expect(reply.complete).toBe(false);
    expect(reply.body).toHaveLength(2 * MB.length);
    expect(refusals).toEqual(["the streamed answer is larger than 2097152 bytes"]);
    server.close();
  });

  test("the handler's stream sends slices of 64 KiB, one at a time", async () => {
    const slices: number[] = [];
    const starts: StreamStart[] = [];
    let take: () => void = () => undefined;
    const stream = new ResponseStream({
      start: (start) => starts.push(start),
      send: (slice) => {
        slices.push(slice.length);
        return new Promise((resolve) => (take = resolve));
      },
      end: () => undefined,
    });
    expect(stream.write(Buffer.alloc(100_000))).toBe(false);
    expect(slices).toEqual([65_536]);
    take();
    await Promise.resolve();
    expect(slices).toEqual([65_536, 34_464]);
    expect(starts).toEqual([{ contentType: "application/octet-stream" }]);
  });
});
