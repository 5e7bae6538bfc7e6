import type { ServerResponse } from "node:http";
import { createLog } from "../../server/adapters/log.js";
import { createTaskProtection, type TaskProtection } from "../../server/adapters/task-protection.js";
import { protectionTimes as times } from "../../server/core/task-protection.js";
import { manualTime, settled, type ManualTime } from "../deploy/local/manual-time.js";
import { agrees, answerJson, protect, release, startEcsAgent, type EcsAgent } from "../fixtures/ecs-agent.js";
import { until } from "../fixtures/until.js";

let agent: EcsAgent;
let time: ManualTime;
let lines: string[];
let protection: TaskProtection;
let calls: Set<object>;

const start = (changes: { readonly agentUri?: string; readonly deadlineMs?: number } = {}) => {
  protection = createTaskProtection({
    ...{ agentUri: agent.uri, callsInFlight: calls, clock: time.clock, after: time.after },
    log: createLog({ write: (line) => void lines.push(line) }),
    ...changes,
  });
};
const said = (text: string) => lines.filter((line) => line.includes(text)).length;
const look = () => time.advance(times.lookMs);

beforeEach(async () => {
  agent = await startEcsAgent();
  time = manualTime();
  lines = [];
  calls = new Set();
});
afterEach(async () => {
  await protection.close();
  await agent.close();
});

/** A call has come, and the agent was asked for protection; what answers stand here to be called. */
async function askWithoutAnswer(): Promise<readonly (() => void)[]> {
  const answers: (() => void)[] = [];
  agent.answer = (response, body) => void answers.push(() => agrees(response, body));
  calls.add({});
  await look();
  await look();
  await until(() => answers.length === 1);
  return answers;
}

test("looks on while a request is under way, and asks for one thing at a time: the newest", async () => {
  start();
  const answers = await askWithoutAnswer();
  calls.clear();
  for (let at = 0; at < 10; at++) await look();
  expect(agent.requests).toEqual([protect]);
  answers[0]?.();
  await until(() => said("task protected") === 1);
  await look();
  await until(() => answers.length === 2);
  expect(agent.requests).toEqual([protect, release]);
  expect(agent.underWay.most).toBe(1);
  answers[1]?.();
  await until(() => said("task protection released") === 1);
});

test("an agent that does not answer is given up, what it may have done is undone, and that is said", async () => {
  start({ deadlineMs: 50 });
  agent.answer = () => undefined;
  calls.add({});
  await look();
  await look();
  await until(() => said("gave no answer within 50 ms") === 1);
  agent.answer = agrees;
  calls.clear();
  // As often as it takes: on a busy machine a look may find the request of the one before it under way.
  while (said("task protection released") === 0) await look();
  expect(agent.requests.at(-1)).toBe(release);
});

test.each([
  ["never comes to the end of its head", "HTTP/1.1 200 OK\r\nx-slow: "],
  ["never comes to its end", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"],
])("an answer that begins and %s is given up as well", async (_what, beginning) => {
  start({ deadlineMs: 50 });
  agent.answer = ({ socket }) => void socket?.write(beginning);
  calls.add({});
  await look();
  await look();
  await until(() => said("gave no answer within 50 ms") === 1);
  await until(() => agent.underWay.now === 0);
  agent.answer = agrees;
});

test.each([
  ["just the bound", 16_384, "task protected"],
  ["a byte more", 16_385, "answered more than 16384 bytes"],
])("of an answer it reads %s", async (_what, bytes, outcome) => {
  start();
  agent.answer = (response) => {
    const text = JSON.stringify({ protection: { ProtectionEnabled: true } });
    response.end(text + " ".repeat(bytes - text.length));
  };
  calls.add({});
  await look();
  await look();
  await until(() => said(outcome) === 1);
  agent.answer = agrees;
});

test("a refusal names ECS's reason, and the end of the trouble is said as well", async () => {
  start();
  agent.answer = answerJson(200, { failure: { Arn: "arn", Reason: "DEPLOYMENT_BLOCKED" } });
  calls.add({});
  await look();
  await look();
  await until(() => said('"cause":"DEPLOYMENT_BLOCKED"') === 1);
  agent.answer = agrees;
  await look();
  await until(() => said("task protected") === 1);
});

test.each([
  ["breaks off", (response: ServerResponse) => void response.destroy()],
  ["says what is no JSON", (response: ServerResponse) => void response.end("<html>")],
  ["does not speak HTTP", ({ socket }: ServerResponse) => void socket?.end("SSH-2.0-agent\r\n")],
  ["lets in no more requests", answerJson(429, { error: { Code: "ThrottlingException", Message: "slow" } })],
])(
  "an agent that %s is asked less and less, and the log counts how often in a row it failed",
  async (_what, answer) => {
    start();
    agent.answer = answer;
    calls.add({});
    for (let at = 0; at < 60; at++) {
      await look();
      await until(() => agent.underWay.now === 0);
    }
    expect(agent.requests.length).toBeGreaterThan(4);
    expect(agent.requests.length).toBeLessThan(9);
    expect(said("task protection could not be changed")).toBe(agent.requests.length);
    expect(said(`"failures":${agent.requests.length},`)).toBe(1);
    agent.answer = agrees;
  },
);

test("a redirect is not followed: only the agent is asked", async () => {
  start();
  agent.answer = (response) => response.writeHead(307, { location: "/elsewhere" }).end();
  calls.add({});
  await look();
  await look();
  await until(() => said("the agent answered 307") === 1);
  expect(agent.requests).toEqual([protect]);
  agent.answer = agrees;
});

test.each(["", "/", "not a url", "http://127.0.0.1:1"])(
  "an agent URI that is wrong (%j) is a line in the log",
  async (agentUri) => {
    start({ agentUri });
    calls.add({});
    await look();
    await look();
    await until(() => said("task protection could not be changed") === 1);
  },
);

test("without a call it ends without a word to the agent", async () => {
  start();
  for (let at = 0; at < 10; at++) await look();
  await protection.close();
  expect(agent.requests).toEqual([]);
});

test("the end waits for the request that is under way, and gives back what it may have brought", async () => {
  start();
  const answers = await askWithoutAnswer();
  const closed = protection.close();
  for (let turn = 0; turn < 100; turn++) await settled();
  expect(agent.requests).toEqual([protect]);
  agent.answer = agrees;
  answers[0]?.();
  await closed;
  expect(agent.requests).toEqual([protect, release]);
});

test("an agent that is silent at the end holds it up for two deadlines, and no longer", async () => {
  start({ deadlineMs: 50 });
  agent.answer = () => undefined;
  calls.add({});
  await look();
  await look();
  await until(() => agent.requests.length === 1);
  await protection.close();
  expect(agent.requests).toEqual([protect, release]);
});

test("after its end it looks no more", async () => {
  start();
  calls.add({});
  await look();
  await protection.close();
  for (let at = 0; at < 10; at++) await look();
  expect([agent.requests, lines]).toEqual([[], []]);
});
