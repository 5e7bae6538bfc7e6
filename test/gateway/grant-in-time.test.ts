// SDKs wait one or two seconds for the grant door: with a session in memory it never waits for STS. How fast that is, is
// not asserted here.
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import { startMovedTime, type MovedTime } from "../fixtures/moved-time.js";
import { startStack, withoutProbes, type Stack } from "../fixtures/stack.js";

const minute = 60_000;

let time: MovedTime;
let stack: Stack;
let fault: StsFault | undefined;
let asked: number;
let token: string;
beforeEach(async () => {
  time = startMovedTime();
  [fault, asked] = [undefined, 0];
  stack = await startStack({
    adjust: withoutProbes,
    fault: () => {
      asked += 1;
      return fault;
    },
  });
  // It outlives any session, so that the session is not bound to it.
  token = await stack.issuer.mint("alice", { exp: Date.now() / 1000 + 86_400 });
});
afterEach(async () => {
  await stack.close();
  time.restore();
});

/** The access key id of the answer. */
async function ask(): Promise<string> {
  const answer = await fetch(`${stack.url}/grant/jobs`, { headers: { authorization: token } });
  const { AccessKeyId: key } = (await answer.json()) as { AccessKeyId: string };
  return key;
}

const never = { slow: new Promise<void>(() => undefined) };

test("what is in memory is answered while STS answers nobody", async () => {
  const key = await ask();
  fault = never;
  for (let use = 0; use < 21; use += 1) expect(await ask()).toBe(key);
  expect(asked).toBe(1);
});

test("while STS does not answer, who comes in the last 16 minutes has what is there", async () => {
  const key = await ask();
  let answerAtLast: () => void = () => undefined;
  fault = { slow: new Promise<void>((resolve) => (answerAtLast = resolve)) };
  time.move(46 * minute);
  expect(await Promise.all([ask(), ask()])).toEqual([key, key]);
  expect(asked).toBe(2);

  answerAtLast();
  while ((await ask()) === key);
  expect(asked).toBe(2);
});
