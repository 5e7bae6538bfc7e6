// AWS's SDK for JavaScript with `client.credentials()`: it asks again before they end, and gets new ones.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { createClient } from "../../client/client.js";
import { type MovedTime, startMovedTime } from "../fixtures/moved-time.js";
import { startStack, type Stack } from "../fixtures/stack.js";

const minute = 60_000;
let time: MovedTime;
let stack: Stack;
beforeEach(async () => {
  time = startMovedTime();
  stack = await startStack();
});
afterEach(async () => {
  await stack.close();
  time.restore();
});

test("its clients go on across the end of their credentials, with one grant for each hour", async () => {
  let grants = 0;
  const client = createClient({
    gateway: stack.url,
    route: "jobs",
    token: () => stack.issuer.mint("alice"),
    fetch: (input, init) => {
      grants += 1;
      return fetch(input, init);
    },
  });
  const settings = {
    region: "eu-west-1",
    endpoint: stack.aws.endpoint,
    credentials: client.credentials(),
  };
  const [sts, lambda] = [new STSClient(settings), new LambdaClient(settings)];
  const call = async (): Promise<string> => {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice");
    const FunctionName = "arn:aws:lambda:eu-west-1:123456789012:function:grantway-hello:live";
    expect((await lambda.send(new InvokeCommand({ FunctionName }))).StatusCode).toBe(200);
    return (await lambda.config.credentials()).accessKeyId;
  };
  const first = await call();
  time.move(50 * minute);
  expect([await call(), grants]).toEqual([first, 1]);
  for (const hour of [2, 3]) {
    time.move(55 * minute);
    const next = await call();
    expect([next === first, await call(), grants]).toEqual([false, next, hour]);
  }
});
