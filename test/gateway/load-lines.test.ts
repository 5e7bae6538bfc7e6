// The line that autoscaling counts by, from the whole product: where ECS's agent is, and nowhere else.
import type { ServerResponse } from "node:http";
import { manualTime } from "../deploy/local/manual-time.js";
import { startEcsAgent } from "../fixtures/ecs-agent.js";
import { until } from "../fixtures/until.js";
import { startStack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer } from "../fixtures/upstream-server.js";

test.each([
  ["on ECS", true, [{ callsInFlight: 1 }]],
  ["elsewhere", false, []],
])("a call in flight is counted in the log's next line %s: %j", async (_where, hasAgent, expected) => {
  const [agent, time] = [await startEcsAgent(), manualTime()];
  const arrived: ServerResponse[] = [];
  const upstream = await startUpstreamServer((_request, response) => void arrived.push(response));
  const surroundings = { clock: time.clock, after: time.after };
  const stack = await startStack({
    adjust: routedTo(upstream.origin),
    surroundings: hasAgent ? { ...surroundings, agentUri: agent.uri } : surroundings,
  });
  const reply = stack.fetchAs("alice", "/hello");
  await until(() => arrived.length === 1);
  await time.advance(15_000);
  const lines = stack.logLines().filter(({ message }) => message === "load");
  expect(lines).toMatchObject(expected);
  expect(lines).toHaveLength(expected.length);
  arrived[0]?.end("done");
  await (await reply).text();
  await stack.close();
  await Promise.all([upstream.close(), agent.close()]);
});
