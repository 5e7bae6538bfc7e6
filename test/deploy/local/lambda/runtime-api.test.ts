// The Runtime API and the Extensions API over HTTP, without processes: what each request is answered, and when a call is
// over.
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import type { FromEnvironment } from "../../../../deploy/local/aws/lambda/invocation.js";
import { RuntimeApi } from "../../../../deploy/local/aws/lambda/runtime-api.js";

const context = {
  functionName: "f",
  functionVersion: "3",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/f",
  logStreamName: "stream",
};

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly json: Record<string, unknown>;
}
interface Started {
  readonly api: RuntimeApi;
  readonly received: (readonly [FromEnvironment, string])[];
  readonly send: (line: string, headers?: Record<string, string>, body?: string) => Promise<Answer>;
  /** Sends less than it says, and hangs up; resolves when the twin has hung up, too. */
  readonly sendCut: (line: string, headers?: Record<string, string>) => Promise<void>;
  /** Of what was received. */
  readonly types: () => string[];
}

const running: RuntimeApi[] = [];
afterEach(() => {
  for (const api of running.splice(0)) api.close();
});

const start = async (externalExtensions: readonly string[] = []): Promise<Started> => {
  const received: (readonly [FromEnvironment, string])[] = [];
  const api = new RuntimeApi({
    ...{ context, handler: "h", externalExtensions },
    received: (message, body) => received.push([message, body.toString()]),
  });
  running.push(api);
  const host = await api.listen();
  const base = `http://${host}`;
  return {
    ...{ api, received },
    sendCut: async (line, headers = {}) => {
      const [address, port] = host.split(":");
      const socket = connect(Number(port), address).resume();
      const fields = Object.entries({ host, ...headers, "content-length": "9" });
      socket.end(`${line} HTTP/1.1\r\n${fields.map((field) => `${field.join(": ")}\r\n`).join("")}\r\n{`);
      await once(socket, "close");
    },
    types: () => received.map(([{ type }]) => type),
    send: (line, headers = {}, body = "") =>
      new Promise((resolve, reject) => {
        const [method, path = ""] = line.split(" ");
        request(`${base}${path}`, { method, headers, agent: false }, (res) => {
          buffer(res).then((bytes) => {
            const json = JSON.parse(bytes.toString() || "{}") as Record<string, unknown>;
            resolve({ status: res.statusCode ?? 0, headers: res.headers, json });
          }, reject);
        })
          .on("error", reject)
          .end(body);
      }),
  };
};

const NEXT = "GET /2018-06-01/runtime/invocation/next";
const REGISTER = "POST /2020-01-01/extension/register";
const EVENT = "GET /2020-01-01/extension/event/next";
const invoke = (api: RuntimeApi, more = {}): void =>
  api.post(
    { type: "invoke", requestId: "r1", traceId: "Root=1-a-b", remainingMs: 3000, ...more },
    Buffer.from('{"n":1}'),
  );
/** Resolves when the twin has heard of `type`. */
const untilReceived = async ({ types }: Started, type: string): Promise<void> => {
  while (!types().includes(type)) await new Promise(setImmediate);
};
const register = async ({ send }: Started, name: string, events: readonly string[]): Promise<string> => {
  const { status, headers } = await send(
    REGISTER,
    { "lambda-extension-name": name },
    JSON.stringify({ events }),
  );
  expect(status).toBe(200);
  return String(headers["lambda-extension-identifier"]);
};

test("a call is over when the runtime has answered and asks for the next one", async () => {
  const started = await start();
  const { api, send, types } = started;
  const call = send(NEXT);
  await untilReceived(started, "ready");
  invoke(api, { clientContext: '{"é":1}', invoked: { arn: "arn:f:live", version: "3" } });
  const { status, headers, json } = await call;
  expect({ status, json }).toEqual({ status: 200, json: { n: 1 } });
  expect(headers).toMatchObject({
    "lambda-runtime-aws-request-id": "r1",
    "lambda-runtime-invoked-function-arn": "arn:f:live",
    "lambda-runtime-trace-id": "Root=1-a-b",
    "lambda-runtime-client-context": '{"\\u00e9":1}',
  });
  expect(await send("POST /2018-06-01/runtime/invocation/r1/response", {}, '"done"')).toMatchObject({
    ...{ status: 202, json: { status: "OK" } },
  });
  expect(types()).toEqual(["ready"]);
  send(NEXT).catch(() => undefined);
  await untilReceived(started, "payload");
  expect(started.received.at(-1)).toEqual([{ type: "payload", requestId: "r1" }, '"done"']);
  expect(api.isIdle).toBe(true);
});

test("before the first call an answer is refused, and an init error is taken", async () => {
  const { send, received } = await start();
  expect(await send("POST /2018-06-01/runtime/invocation/r1/response", {}, "1")).toMatchObject({
    ...{ status: 403, json: { errorType: "InvalidStateTransition" } },
  });
  const body = JSON.stringify({ errorType: "E", errorMessage: "m", stackTrace: ["line 1"] });
  expect((await send("POST /2018-06-01/runtime/init/error", {}, body)).status).toBe(202);
  const error = { errorType: "E", errorMessage: "m", trace: ["E: m", "line 1"] };
  expect(received).toEqual([[{ type: "init-failed", error }, ""]]);
});

test("a second request for the next call is refused while one waits", async () => {
  const started = await start();
  started.send(NEXT).catch(() => undefined);
  await untilReceived(started, "ready");
  expect((await started.send(NEXT)).status).toBe(403);
});

test("the first call waits for every extension, and a call for those that are told of it", async () => {
  const started = await start(["outer"]);
  const { api, send, types } = started;
  const call = send(NEXT);
  const outer = await register(started, "outer", ["INVOKE", "SHUTDOWN"]);
  const silent = await register(started, "silent", []);
  const told = send(EVENT, { "lambda-extension-identifier": outer });
  expect(types()).toEqual([]);
  send(EVENT, { "lambda-extension-identifier": silent }).catch(() => undefined);
  await untilReceived(started, "ready");
  invoke(api);
  await call;
  expect((await told).json).toMatchObject({
    ...{ eventType: "INVOKE", requestId: "r1", tracing: { type: "X-Amzn-Trace-Id", value: "Root=1-a-b" } },
    invokedFunctionArn: context.invokedFunctionArn,
  });
  await send("POST /2018-06-01/runtime/invocation/r1/response", {}, "1");
  send(NEXT).catch(() => undefined);
  expect((await send("GET /nowhere")).status).toBe(404);
  expect(types()).toEqual(["ready"]);
  const ends = send(EVENT, { "lambda-extension-identifier": outer });
  await untilReceived(started, "payload");
  api.extensions.shutDown(7);
  expect((await ends).json).toEqual({ eventType: "SHUTDOWN", shutdownReason: "spindown", deadlineMs: 7 });
});

test("an extension that is to be there is waited for", async () => {
  const started = await start(["outer"]);
  started.send(NEXT).catch(() => undefined);
  expect((await started.send("GET /nowhere")).status).toBe(404);
  expect(started.types()).toEqual([]);
});

test("who registers hears of the function", async () => {
  const { send } = await start();
  const headers = { "lambda-extension-name": "e", "lambda-extension-accept-feature": "accountId" };
  expect((await send(REGISTER, headers, "{}")).json).toEqual({
    ...{ functionName: "f", functionVersion: "3", handler: "h", accountId: "123456789012" },
  });
});

test.each([
  [{}, "{}", 403, "Extension.InvalidExtensionName"],
  [{ "lambda-extension-name": "e" }, '{"events":["OTHER"]}', 400, "InvalidRequestFormat"],
  [{ "lambda-extension-name": "e" }, "[", 400, "InvalidRequestFormat"],
  [
    { "lambda-extension-name": "e" },
    '{"events":["SHUTDOWN"]}',
    403,
    "ShutdownEventNotSupportedForInternalExtension",
  ],
  [{ "lambda-extension-name": "there" }, "{}", 403, "Extension.AlreadyRegistered"],
])("registering with %j and %s: %d %s", async (headers, body, status, errorType) => {
  const started = await start();
  await register(started, "there", []);
  expect(await started.send(REGISTER, headers as Record<string, string>, body)).toMatchObject({
    ...{ status, json: { errorType } },
  });
});

const LIMIT = 65_536;
test.each([
  [LIMIT, 200, undefined],
  [LIMIT + 1, 413, "RequestEntityTooLarge"],
])("registering with a body of %d bytes: %d", async (bytes, status, errorType) => {
  const { send } = await start();
  const answer = await send(REGISTER, { "lambda-extension-name": "e" }, "{}".padEnd(bytes));
  expect([answer.status, answer.json.errorType]).toEqual([status, errorType]);
});

test("a body that is cut off registers nobody", async () => {
  const started = await start();
  await started.sendCut(REGISTER, { "lambda-extension-name": "e" });
  expect(started.api.extensions.isEmpty).toBe(true);
  await register(started, "e", []);
});

test("an init error that is cut off is not told, and may be sent again", async () => {
  const { send, sendCut, received } = await start();
  await sendCut("POST /2018-06-01/runtime/init/error");
  // Another round trip: what came of the first is known by then.
  expect((await send("GET /nowhere")).status).toBe(404);
  expect(received).toEqual([]);
  expect((await send("POST /2018-06-01/runtime/init/error", {}, "{}")).status).toBe(202);
});

test("there is room for ten extensions, and for none after the first call", async () => {
  const started = await start();
  const ids: string[] = [];
  for (let n = 1; n <= 10; n += 1) ids.push(await register(started, `e${n}`, []));
  const eleventh = () => started.send(REGISTER, { "lambda-extension-name": "e11" }, "{}");
  expect((await eleventh()).json.errorType).toBe("Extension.TooManyExtensions");
  for (const id of ids) started.send(EVENT, { "lambda-extension-identifier": id }).catch(() => undefined);
  started.send(NEXT).catch(() => undefined);
  await untilReceived(started, "ready");
  expect((await eleventh()).json.errorType).toBe("Extension.RegistrationClosed");
});

test.each([
  [{}, "Extension.MissingExtensionIdentifier"],
  [{ "lambda-extension-identifier": "x" }, "Extension.UnknownExtensionIdentifier"],
])("events for %j: %s", async (headers, errorType) => {
  const { send } = await start();
  expect(await send(EVENT, headers as Record<string, string>)).toMatchObject({
    status: 403,
    json: { errorType },
  });
});

test("an extension that fails ends the environment", async () => {
  const started = await start();
  const id = await register(started, "e", []);
  const headers = { "lambda-extension-identifier": id };
  const path = "POST /2020-01-01/extension/exit/error";
  expect((await started.send(path, headers)).json.errorType).toBe("Extension.MissingErrorType");
  const type = { "lambda-extension-function-error-type": "Extension.Mine" };
  expect((await started.send(path, { ...headers, ...type }, '{"errorMessage":"m"}')).status).toBe(202);
  const error = { errorType: "Extension.ExitError", errorMessage: "e: Extension.Mine m" };
  expect(started.received).toEqual([[{ type: "crashed", error }, ""]]);
});

test("it ends the environment, too, when its message is cut off", async () => {
  const started = await start();
  const id = await register(started, "e", []);
  const type = { "lambda-extension-function-error-type": "Extension.Mine" };
  const headers = { "lambda-extension-identifier": id, ...type };
  await started.sendCut("POST /2020-01-01/extension/init/error", headers);
  await untilReceived(started, "crashed");
  const error = { errorType: "Extension.InitError", errorMessage: "e: Extension.Mine" };
  expect(started.received).toEqual([[{ type: "crashed", error }, ""]]);
});
