// NAT gateways and load balancers forget a TCP connection after 350 s of silence, so both legs of a call probe it long
// before that. A kernel's probes cannot be seen from here; that they are asked for, and how often, can.
import { Socket } from "node:net";
import { openSocket, readToEnd, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const probes = jest.spyOn(Socket.prototype, "setKeepAlive");
let stack: Stack;
let upstream: UpstreamServer;

beforeAll(async () => {
  upstream = await startUpstreamServer((_request, response) => response.end("whole"));
  stack = await startStack({ adjust: routedTo(upstream.origin) });
});
afterAll(async () => {
  probes.mockRestore();
  await stack.close();
  await upstream.close();
});

/** Remote ports of the connections that probe each minute. */
const probing = (): (number | undefined)[] =>
  (probes.mock.contexts as Socket[]).flatMap((socket, at) => {
    const [isOn, delayMs] = probes.mock.calls[at] ?? [];
    return isOn === true && delayMs === 60_000 ? [socket.remotePort] : [];
  });

test("the caller's connection and the function's are both probed each minute", async () => {
  const socket = await openSocket(stack.url);
  const { localPort } = socket;
  const bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  socket.write(requestText("GET /hello HTTP/1.1", "Host: a", bearer));
  await new Promise((resolve) => socket.once("data", resolve));
  expect(probing()).toEqual(expect.arrayContaining([localPort, Number(new URL(upstream.origin).port)]));
  socket.end();
  await readToEnd(socket);
});
