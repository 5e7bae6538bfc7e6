// Task scale-in protection with calls through the whole product, and ECS's agent on a socket of its own.
import type { ServerResponse } from "node:http";
import { protectionTimes as times } from "../../server/core/task-protection.js";
import { manualTime, type ManualTime } from "../deploy/local/manual-time.js";
import { answerJson, protect, release, startEcsAgent, type EcsAgent } from "../fixtures/ecs-agent.js";
import { until } from "../fixtures/until.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let agent: EcsAgent;
let upstream: UpstreamServer;
let stack: Stack;
let time: ManualTime;
let arrived: ServerResponse[];

beforeEach(async () => {
  agent = await startEcsAgent();
  time = manualTime();
  arrived = [];
  upstream = await startUpstreamServer((_request, response) => void arrived.push(response));
  stack = await startStack({
    adjust: routedTo(upstream.origin),
    surroundings: { agentUri: agent.uri, clock: time.clock, after: time.after },
  });
});
afterEach(async () => {
  for (const response of arrived) response.end();
  await stack.close();
  await Promise.all([upstream.close(), agent.close()]);
});

/** A call that is with its function; `end` gives its status once the caller has all of it. */
async function call(): Promise<{ end: () => Promise<number> }> {
  const at = arrived.length;
  const reply = stack.fetchAs("alice", "/hello");
  await until(() => arrived.length > at);
  return {
    end: async () => {
      arrived[at]?.end("done");
      await (await reply).text();
      return (await reply).status;
    },
  };
}
const looks = async (count: number): Promise<void> => {
  for (let look = 0; look < count; look++) {
    await time.advance(times.lookMs);
    await until(() => agent.underWay.now === 0);
  }
};
const said = (message: string) => stack.logLines().filter((line) => line.message === message);

test("a call that lasts protects its task, and a minute after its end the task is released", async () => {
  const long = await call();
  await looks(1);
  expect(agent.requests).toEqual([]);
  await looks(1);
  await until(() => said("task protected").length === 1);
  expect(agent.requests).toEqual([protect]);
  await looks(30);
  expect(agent.requests).toEqual([protect]);
  expect(await long.end()).toBe(200);
  await looks(3);
  expect(agent.requests).toHaveLength(1);
  await looks(2);
  await until(() => said("task protection released").length === 1);
  expect(agent.requests).toEqual([protect, release]);
  expect(said("task protected")[0]).toMatchObject({ callsInFlight: 1 });
});

test("calls that end between two looks ask for nothing, however many there are", async () => {
  for (let round = 0; round < 20; round++) {
    const short = [await call(), await call(), await call()];
    await looks(1);
    for (const { end } of short) expect(await end()).toBe(200);
  }
  expect(agent.requests).toEqual([]);
});

test("an agent that refuses touches no call, is asked less and less, and the log counts how often in a row", async () => {
  agent.answer = answerJson(400, {
    error: { Code: "AccessDeniedException", Message: "no policy allows it" },
  });
  const long = await call();
  await looks(60);
  expect(await long.end()).toBe(200);
  expect(said("task protected")).toEqual([]);
  expect(agent.requests.every((request) => request === protect)).toBe(true);
  expect(agent.requests.length).toBeGreaterThan(4);
  expect(agent.requests.length).toBeLessThan(9);
  expect(stack.logLines().filter(({ level }) => level === 40)).toMatchObject(
    agent.requests.map((_, at) => ({ wish: "protected", failures: at + 1 })),
  );
});

test("the task stays protected while it drains, and is released when its last call is over", async () => {
  const long = await call();
  await looks(2);
  await until(() => said("task protected").length === 1);
  const stopped = stack.gateway.stop();
  await looks(60);
  expect(agent.requests).not.toContain(release);
  expect(await long.end()).toBe(200);
  await stopped;
  expect(agent.requests.at(-1)).toBe(release);
  const messages = stack.logLines().map(({ message }) => message);
  expect(messages.slice(-2)).toEqual(["task protection released", "stopped"]);
});

test("an agent that is gone does not keep the gateway from ending", async () => {
  const long = await call();
  await looks(2);
  await until(() => said("task protected").length === 1);
  await agent.close();
  expect(await long.end()).toBe(200);
  await stack.gateway.stop();
  expect(said("stopped")).toMatchObject([{ outcome: "finished" }]);
  agent = await startEcsAgent();
});
