// `@aws-sdk/client-lambda` against the twin's Invoke API.
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  type InvokeCommandInput,
} from "@aws-sdk/client-lambda";
import { type ClientTwin, type Keys, region, startClientTwin } from "./client-twin.js";

let twin: ClientTwin;
beforeAll(async () => {
  twin = await startClientTwin();
}, 30_000);
afterAll(() => twin.close());

const client = (credentials: Keys = twin.caller): LambdaClient =>
  new LambdaClient({ region, endpoint: twin.aws.endpoint, credentials, maxAttempts: 1 });
const invoke = (input: Partial<InvokeCommandInput>, credentials?: Keys) =>
  client(credentials).send(new InvokeCommand({ FunctionName: "tell", Qualifier: "live", ...input }));

test("Invoke gives the payload to the function and its answer back", async () => {
  const answer = await invoke({ Payload: JSON.stringify({ from: "the SDK" }) });
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "1" });
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ event: { from: "the SDK" } });
});

test.each([
  ["Event", 202],
  ["DryRun", 204],
] as const)("Invoke with %s is answered %i", async (InvocationType, status) => {
  expect((await invoke({ InvocationType })).StatusCode).toBe(status);
});

test("InvokeWithResponseStream gives what the function writes and ends with InvokeComplete", async () => {
  const command = new InvokeWithResponseStreamCommand({ FunctionName: "flow", Qualifier: "live" });
  const { EventStream: events = [] } = await client().send(command);
  const texts: string[] = [];
  let isComplete = false;
  for await (const { PayloadChunk: chunk, InvokeComplete: complete } of events) {
    if (chunk?.Payload) texts.push(Buffer.from(chunk.Payload).toString());
    isComplete ||= complete !== undefined;
  }
  expect([texts.join(""), isComplete]).toEqual(["one two three", true]);
});

test.each<[title: string, input: Partial<InvokeCommandInput>, error: object]>([
  ["$LATEST, where the alias is allowed", { Qualifier: "$LATEST" }, { name: "AccessDeniedException" }],
  ["a function that is not there", { FunctionName: "nobody" }, { name: "AccessDeniedException" }],
  ["a payload that is no JSON", { Payload: "{" }, { name: "InvalidRequestContentException" }],
])("the SDK throws its own error for %s", async (_title, input, error) => {
  await expect(invoke(input)).rejects.toMatchObject(error);
});

test("a session without permission and a wrong secret are told apart", async () => {
  await expect(invoke({}, twin.task)).rejects.toMatchObject({
    name: "AccessDeniedException",
    $metadata: { httpStatusCode: 403 },
  });
  await expect(invoke({}, { ...twin.caller, secretAccessKey: "another" })).rejects.toMatchObject({
    name: "InvalidSignatureException",
    $metadata: { httpStatusCode: 403 },
  });
});
