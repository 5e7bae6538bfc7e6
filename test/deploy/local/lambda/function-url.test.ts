// What a function URL admits and how it refuses; the functions themselves are in environment.test.ts.
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { LambdaSettings } from "../../../../deploy/local/aws/lambda/lambda.js";
import { REQUEST_LIMIT } from "../../../../deploy/local/aws/lambda/receive-request.js";
import type { AwsError, SignedRequest } from "../../../../deploy/local/aws/model.js";
import { caller, deployed, fixture, type Harness, serveFunctions } from "./lambda-harness.js";

const forbidden: AwsError = { status: 403, type: "AccessDeniedException", message: "Forbidden." };
const badSignature: AwsError = { status: 403, type: "InvalidSignatureException", message: "No match." };

const open_: Harness[] = [];
const serve = async (...parameters: Parameters<typeof serveFunctions>): Promise<Harness> => {
  const harness = await serveFunctions(...parameters);
  open_.push(harness);
  return harness;
};
afterEach(async () => {
  for (const harness of open_.splice(0)) await harness.close();
});

test("the signature is asked for the request exactly as it stood on the wire", async () => {
  let seen: SignedRequest | undefined;
  const authenticate: LambdaSettings["authenticate"] = (request) => {
    seen = request;
    return Promise.resolve({ ok: true, value: caller });
  };
  const { call } = await serve([deployed("hello")], { authenticate });
  await call("/hello/%7e//..?b=1&a=%20", {
    method: "PUT",
    headers: { "X-Case": ["1", "2"] },
    body: "λ",
  });
  expect(seen).toMatchObject({ method: "PUT", target: "/hello/%7e//..?b=1&a=%20", body: Buffer.from("λ") });
  expect(seen?.rawHeaders.join("|")).toContain("X-Case|1|X-Case|2");
});

test("a caller without permission gets AWS's 403, with a capital Message, and no function runs", async () => {
  const { call, log } = await serve([fixture("prints")], {
    authorize: () => ({ ok: false, error: forbidden }),
  });
  expect(await call("/prints")).toMatchObject({
    status: 403,
    headers: {
      "x-amzn-errortype": "AccessDeniedException",
      "content-type": "application/json",
      "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-6b015f77-[0-9a-f]{24}$/) as string,
    },
    body: '{"Message":"Forbidden."}',
  });
  // Nothing that it prints, and why.
  expect(log.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^403 AccessDeniedException: Forbidden\. \(request [0-9a-f-]{36}\)$/) as string,
  ]);
});

test("a wrong signature gets AWS's 403, with a small message, before permission is looked at", async () => {
  const { call } = await serve([fixture("prints")], {
    authenticate: () => Promise.resolve({ ok: false, error: badSignature }),
    authorize: () => {
      throw new Error("asked too early");
    },
  });
  expect(await call("/prints")).toMatchObject({
    status: 403,
    headers: { "x-amzn-errortype": "InvalidSignatureException" },
    body: '{"message":"No match."}',
  });
});

test("permission is asked for this caller, this function and the address the call came from", async () => {
  const asked: unknown[] = [];
  const { call } = await serve([deployed("hello")], {
    authorize: (...asking) => {
      asked.push(asking);
      return { ok: true, value: undefined };
    },
  });
  await call("/hello");
  expect(asked).toEqual([[{ kind: "session", caller }, deployed("hello"), "127.0.0.1"]]);
});

describe("a URL with AuthType NONE", () => {
  const open = fixture("count", "BUFFERED", {
    url: { authType: "NONE", invokeMode: "BUFFERED", urlId: "abc" },
  });

  test("asks for no signature, and whether anybody may", async () => {
    const asked: unknown[] = [];
    const { call } = await serve([open], {
      authenticate: () => Promise.reject(new Error("asked")),
      authorize: (...asking) => {
        asked.push(asking);
        return { ok: true, value: undefined };
      },
    });
    expect(await call("/count")).toMatchObject({ status: 200 });
    expect(asked).toEqual([[{ kind: "anonymous" }, open, "127.0.0.1"]]);
  });

  test("is 403 where the function's policy does not let everybody in", async () => {
    const { call } = await serve([open], { authorize: () => ({ ok: false, error: forbidden }) });
    expect(await call("/count")).toMatchObject({ status: 403, body: '{"Message":"Forbidden."}' });
  });
});

test("a fault of the twin itself is a 500 that tells nothing, and is logged", async () => {
  const { call, log } = await serve([deployed("hello")], {
    authenticate: () => Promise.reject(new Error("the cause")),
  });
  expect(await call("/hello")).toMatchObject({ status: 500, body: '{"message":"Internal failure"}' });
  expect(log[0]?.message).toContain("the cause");
});

test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s reaches the function", async (method) => {
  const { call } = await serve([deployed("echo")]);
  const { status, body } = await call("/echo", { method });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ requestContext: { http: { method } } });
});

test("HEAD runs the function and sends the head alone", async () => {
  const { call } = await serve([deployed("hello")]);
  expect(await call("/hello", { method: "HEAD" })).toMatchObject({
    status: 200,
    headers: { "content-length": "25" },
    body: "",
  });
});

test("another method is refused", async () => {
  const { call } = await serve([deployed("hello")]);
  expect(await call("/hello", { method: "PROPFIND" })).toMatchObject({ status: 405 });
});

test.each(["/hello/%zz", "/hello?a=%E9"])("the target %s is refused", async (target) => {
  const { call } = await serve([deployed("hello")]);
  expect(await call(target)).toMatchObject({
    status: 400,
    headers: { "x-amzn-errortype": "InvalidRequestContentException" },
  });
});

test("HTTP/1.0 is refused, since a broken stream would look whole there", async () => {
  const { port } = await serve([deployed("hello")]);
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write("GET /hello HTTP/1.0\r\n\r\n");
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk)));
  await once(socket, "close");
  expect(answer).toMatch(/^HTTP\/1.1 505 /);
});

describe("a request body", () => {
  test("announced above 6 MB is refused before it is sent", async () => {
    const { port } = await serve([deployed("hello")]);
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.write(`POST /hello HTTP/1.1\r\nhost: h\r\ncontent-length: ${REQUEST_LIMIT + 1}\r\n\r\n`);
    const [head] = (await once(socket, "data")) as [string];
    socket.destroy();
    expect(head).toMatch(/^HTTP\/1.1 413 /);
    expect(head).toContain(`${REQUEST_LIMIT + 1} byte payload is too large`);
  });

  test.each([REQUEST_LIMIT + 1, 10 * REQUEST_LIMIT])(
    "of %d bytes is refused in an answer that arrives, though the client sends all of it first",
    async (bytes) => {
      const { port } = await serve([fixture("prints")]);
      const socket = connect(port, "127.0.0.1");
      const answer = text(socket);
      socket.write(`POST /prints HTTP/1.1\r\nhost: h\r\ncontent-length: ${bytes}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes));
      expect(await answer).toMatch(/^HTTP\/1.1 413 [^]*\nconnection: close\r\n[^]*too large/);
    },
  );

  test("that grows above 6 MB on the way is refused", async () => {
    const { call } = await serve([deployed("hello")]);
    const options = { method: "POST", headers: { "transfer-encoding": "chunked" } };
    expect(await call("/hello", { ...options, body: Buffer.alloc(REQUEST_LIMIT + 1) })).toMatchObject({
      status: 413,
      headers: { "x-amzn-errortype": "RequestEntityTooLargeException" },
    });
  });

  test("counts together with its event, and as base64 when it is binary", async () => {
    const { call } = await serve([deployed("hello")]);
    const post = (bytes: number, type: string) =>
      call("/hello", { method: "POST", headers: { "content-type": type }, body: Buffer.alloc(bytes, "x") });
    expect(await post(REQUEST_LIMIT - 2_000, "text/plain")).toMatchObject({ status: 200 });
    expect(await post(REQUEST_LIMIT, "text/plain")).toMatchObject({ status: 413 });
    expect(await post(4_700_000, "image/png")).toMatchObject({ status: 200 });
    expect(await post(4_720_000, "image/png")).toMatchObject({ status: 413 });
  });

  test("that stops half way runs no function", async () => {
    const { port, log, call } = await serve([fixture("prints")]);
    const socket = connect(port, "127.0.0.1");
    socket.end("POST /prints HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nhalf");
    await once(socket.resume(), "close");
    expect(log).toEqual([]);
    expect(await call("/prints")).toMatchObject({ status: 200 });
  });
});

describe("concurrency", () => {
  const limited = (reservedConcurrency: number) =>
    fixture("streamsAndHangs", "RESPONSE_STREAM", { reservedConcurrency });

  test("beyond what is reserved is throttled in AWS's words", async () => {
    const { open, call } = await serve([limited(1)]);
    const running = await open("/streamsAndHangs");
    expect(await call("/streamsAndHangs")).toMatchObject({
      status: 429,
      headers: { "x-amzn-errortype": "TooManyRequestsException" },
      body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    });
    running.destroy();
  });

  test("within what is reserved runs side by side", async () => {
    const { open } = await serve([limited(2)]);
    const running = [await open("/streamsAndHangs"), await open("/streamsAndHangs")];
    expect(running.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    for (const answer of running) answer.destroy();
  });

  test("reserved 0 lets nobody in", async () => {
    const { call } = await serve([fixture("count", "BUFFERED", { reservedConcurrency: 0 })]);
    expect(await call("/count")).toMatchObject({ status: 429 });
  });

  test("is looked at after permission", async () => {
    const { call } = await serve([fixture("count", "BUFFERED", { reservedConcurrency: 0 })], {
      authorize: () => ({ ok: false, error: forbidden }),
    });
    expect(await call("/count")).toMatchObject({ status: 403 });
  });
});

test("more than ten calls a second for each reserved environment are throttled", async () => {
  const { call } = await serve([fixture("count", "BUFFERED", { reservedConcurrency: 1 })]);
  for (let at = 0; at < 10; at += 1) expect(await call("/count")).toMatchObject({ status: 200 });
  expect(await call("/count")).toMatchObject({
    status: 429,
    headers: { "x-amzn-errortype": "TooManyRequestsException" },
    body: '{"Reason":"ReservedFunctionInvocationRateLimitExceeded","Type":"User","message":"Rate Exceeded."}',
  });
});
