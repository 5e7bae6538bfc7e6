// One function may run as often at a time as the twin promises: 200 calls, each of which holds its environment until all
// of them have begun. Each is a process with some 7 MB of its own.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { fixture, type Harness, serveFunctions } from "./lambda-harness.js";

const CALLS = 200;
// Two hundred starts, a few at a time: some 10 seconds on two cores that have nothing else to do.
jest.setTimeout(180_000);

let harness: Harness;
const meeting = createServer();
const arrived: Socket[] = [];

beforeAll(async () => {
  meeting.listen(0, "127.0.0.1");
  await once(meeting, "listening");
  const { port } = meeting.address() as AddressInfo;
  harness = await serveFunctions([
    fixture("meets", "BUFFERED", { timeoutSeconds: 170, environment: { PORT: String(port) } }),
  ]);
});
afterAll(async () => {
  meeting.close();
  await harness.close();
});

test("200 calls are in flight on one function, and each is answered by an environment of its own", async () => {
  const allArrived = new Promise<void>((resolve) =>
    meeting.on("connection", (socket) => {
      arrived.push(socket);
      if (arrived.length === CALLS) resolve();
    }),
  );
  const replies = Promise.all(Array.from({ length: CALLS }, () => harness.call("/meets")));
  await allArrived;
  for (const socket of arrived) socket.end();
  const answered = (await replies).filter(({ status, complete }) => status === 200 && complete);
  expect(answered).toHaveLength(CALLS);
  expect(new Set(answered.map(({ body }) => body)).size).toBe(CALLS);
});
