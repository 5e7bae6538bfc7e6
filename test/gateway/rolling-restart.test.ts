// A rolling restart under load: new gateways come up, old ones drain, and no call that fits `listen.drain` is lost.
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Settings } from "../../server/config/compile.js";
import { startGateway, type RunningGateway } from "../../server/main.js";
import { createLogLines } from "../fixtures/log-lines.js";
import { openSocket, parseAnswer, readToEnd, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const restarts = 3;
const callers = 40;
const chunks = 5;
const body = "x".repeat(100_000);

/** Works for `ms`, in one piece or a chunk at a time, and says how much it was sent. */
function work(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? "/", "http://upstream");
  const ms = Number(searchParams.get("ms"));
  let received = 0;
  request.on("data", (chunk: Buffer) => (received += chunk.length));
  request.on("end", () => {
    if (searchParams.get("stream") === null) {
      setTimeout(() => response.end(`got ${received}`), ms);
      return;
    }
    let left = chunks;
    const timer = setInterval(() => {
      response.write(`chunk ${left}\n`);
      if (--left > 0) return;
      clearInterval(timer);
      response.end(`got ${received}`);
    }, ms / chunks);
  });
}

let stack: Stack;
let upstream: UpstreamServer;
let settings: Settings;
let token: string;

beforeAll(async () => {
  upstream = await startUpstreamServer(work);
  stack = await startStack({ adjust: (loaded) => (settings = routedTo(upstream.origin)(loaded)) });
  token = await stack.issuer.mint("alice");
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** One call over a pool of kept connections, as a load balancer makes it; rejects when the answer breaks. */
function call(port: number, agent: Agent, path: string, sent: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-length": String(sent.length) };
    const options = { port, host: "127.0.0.1", agent, method: "POST", path, headers };
    const outgoing = httpRequest(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text })).on("error", reject);
    });
    outgoing.on("error", reject).end(sent);
  });
}

test("calls of many lengths all end whole while three gateways take over from one another", async () => {
  const { log, lines, assertNoSecrets } = createLogLines();
  let current: RunningGateway = await startGateway(settings, log);
  let isOver = false;
  let answered = 0;
  const served = new Set<number>();
  const agent = new Agent({ keepAlive: true });
  const caller = async (number: number): Promise<void> => {
    for (let turn = 0; !isOver; turn++) {
      const ms = ((number * 37 + turn * 101) % 40) * 10;
      const sent = turn % 3 === 0 ? body : "";
      const path = `/echo/${number}?ms=${ms}${turn % 2 === 0 ? "&stream=1" : ""}`;
      const { port } = current;
      const answer = await call(port, agent, path, sent);
      expect(answer).toEqual({ status: 200, text: expect.stringMatching(`got ${sent.length}$`) as string });
      if (turn % 2 === 0) expect(answer.text.match(/chunk/g)).toHaveLength(chunks);
      served.add(port);
      answered += 1;
    }
  };
  const load = Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  for (let restart = 0; restart < restarts; restart++) {
    const before = answered;
    while (answered < before + callers) await Promise.race([load, new Promise(setImmediate)]);
    const old = current;
    current = await startGateway(settings, log);
    await Promise.race([load, old.stop()]);
  }
  isOver = true;
  await load;
  await current.stop();
  agent.destroy();
  assertNoSecrets();
  const outcomes = lines().flatMap(({ message, outcome }) => (message === "stopped" ? [outcome] : []));
  expect(outcomes).toEqual(Array.from({ length: restarts + 1 }, () => "finished"));
  expect(served.size).toBe(restarts + 1);
}, 60_000);

test("a request that meets the drain on an idle connection is answered, as that connection's last", async () => {
  const { log, assertNoSecrets } = createLogLines();
  const gateway = await startGateway(settings, log);
  const url = `http://127.0.0.1:${gateway.port}`;
  const get = requestText("GET /hello?ms=0 HTTP/1.1", "Host: a", `Authorization: Bearer ${token}`);
  const socket = await openSocket(url);
  socket.write(get);
  expect(parseAnswer(await readUntil(socket, "got 0")).status).toBe(200);
  const stopped = gateway.stop();
  socket.write(get);
  const answer = await readToEnd(socket);
  expect(answer).toMatchObject({
    status: 200,
    head: expect.stringMatching(/^connection: close$/im) as string,
  });
  await stopped;
  assertNoSecrets();
});
