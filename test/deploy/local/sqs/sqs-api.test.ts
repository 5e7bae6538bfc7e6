// SQS as its callers meet it: the AWS SDK, which checks the digests of what it sends and receives, and AWS CLI 1.
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { run, testWith } from "../clients/client-twin.js";
import { policy } from "../iam/sample-caller.js";
import { queueDefinition } from "./sample-queue.js";
import { serveSqs, type SqsHarness } from "./sqs-harness.js";

const arn = (name: string): string => `arn:aws:sqs:eu-west-1:123456789012:${name}`;

let harness: SqsHarness;
let sqs: SQSClient;
let QueueUrl: string;
beforeEach(async () => {
  const guarded = policy("resource", {
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:PurgeQueue",
    Resource: "*",
  });
  harness = await serveSqs([
    queueDefinition("work", { redrive: { deadLetterArn: arn("dead"), maxReceiveCount: 3 } }),
    queueDefinition("dead"),
    queueDefinition("small", { maximumMessageBytes: 1024 }),
    queueDefinition("guarded", { policy: guarded }),
  ]);
  sqs = harness.client();
  QueueUrl = harness.urlOf("work");
});
afterEach(() => harness.close());

test("a message comes as it was sent, with its attributes and their digests", async () => {
  const MessageAttributes = {
    order: { DataType: "String", StringValue: "A-1" },
    count: { DataType: "Number.int", StringValue: "7" },
    raw: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255) },
  };
  const sent = await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: "grüße\n🎉", MessageAttributes }),
  );
  // By another implementation of the same digest.
  expect(sent.MD5OfMessageAttributes).toBe("3e5a973f74e0d46734470cc6d7a9c272");
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] },
    }),
  );
  expect(Messages).toMatchObject([
    {
      ...{ MessageId: sent.MessageId, Body: "grüße\n🎉", MessageAttributes },
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: "1", SenderId: "AROAEXAMPLEEXAMPLE123:main.alice" },
    },
  ]);
});

test("only the attributes that were asked for are shown", async () => {
  const value = { DataType: "String", StringValue: "x" };
  const MessageAttributes = { "order.id": value, "order.date": value, other: value };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageAttributes }));
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl, MessageAttributeNames: ["order.*"], MessageSystemAttributeNames: ["SentTimestamp"] },
    }),
  );
  expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(["order.id", "order.date"]);
  expect(Object.keys(message?.Attributes ?? {})).toEqual(["SentTimestamp"]);
});

test("a batch is answered entry by entry, and one bad message stops no other", async () => {
  const answer = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "good", MessageBody: "a" },
        { Id: "bad", MessageBody: "a\u0000" },
      ],
    }),
  );
  expect(answer.Successful?.map(({ Id }) => Id)).toEqual(["good"]);
  expect(answer.Failed).toMatchObject([{ Id: "bad", Code: "InvalidMessageContents", SenderFault: true }]);
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const Entries = [
    { Id: "1", ReceiptHandle: message?.ReceiptHandle },
    { Id: "2", ReceiptHandle: "nonsense" },
  ];
  const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(deleted.Successful).toEqual([{ Id: "1" }]);
  expect(deleted.Failed).toMatchObject([{ Id: "2", Code: "ReceiptHandleIsInvalid" }]);
});

const entries = (count: number, MessageBody = "a") =>
  Array.from({ length: count }, (_, at) => ({ Id: String(at), MessageBody }));

test("a message and a batch may have 1 MiB, and not a byte more", async () => {
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const sendBatch = (body: string) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(2, body) }));
  await expect(send("x".repeat(1_048_576))).resolves.toBeDefined();
  await expect(send("x".repeat(1_048_577))).rejects.toMatchObject({ name: "InvalidParameterValue" });
  await expect(sendBatch("x".repeat(524_288))).resolves.toMatchObject({ Failed: [] });
  await expect(sendBatch("x".repeat(524_289))).rejects.toMatchObject({
    name: expect.stringMatching(/BatchRequestTooLong$/) as string,
  });
});

test("attributes count for the size, and a queue's own limit holds", async () => {
  const send = (bytes: number) =>
    sqs.send(
      new SendMessageCommand({
        ...{ QueueUrl: harness.urlOf("small"), MessageBody: "x".repeat(bytes) },
        MessageAttributes: { name: { DataType: "String", StringValue: "v" } },
      }),
    );
  await expect(send(1024 - 4 - 6 - 1)).resolves.toBeDefined();
  await expect(send(1024 - 4 - 6)).rejects.toMatchObject({ name: "InvalidParameterValue" });
});

test.each([
  ["eleven entries", () => entries(11), /TooManyEntriesInBatchRequest$/],
  ["no entry", () => [], /EmptyBatchRequest$/],
  ["one id twice", () => [...entries(1), ...entries(1)], /BatchEntryIdsNotDistinct$/],
  ["an id with a space", () => [{ Id: "a b", MessageBody: "a" }], /InvalidBatchEntryId$/],
])("a batch with %s is refused whole", async (_what, make, name) => {
  const sending = sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: make() }));
  await expect(sending).rejects.toMatchObject({ name: expect.stringMatching(name) as string });
});

const string = (StringValue: string) => ({ DataType: "String", StringValue });

test.each([
  ["an empty body", { MessageBody: "" }, "MissingParameter"],
  ["a character that XML has no form for", { MessageBody: "\u000B" }, "InvalidMessageContents"],
  ["a delay of 901 s", { MessageBody: "a", DelaySeconds: 901 }, "InvalidParameterValue"],
  ["an attribute of AWS's", { MessageAttributes: { "aws.x": string("v") } }, "InvalidParameterValue"],
  ["an attribute without a value", { MessageAttributes: { a: string("") } }, "InvalidParameterValue"],
  [
    "a number that is none",
    { MessageAttributes: { a: { DataType: "Number", StringValue: "1x" } } },
    "InvalidParameterValue",
  ],
  [
    "an unknown type",
    { MessageAttributes: { a: { DataType: "Text", StringValue: "1" } } },
    "InvalidParameterValue",
  ],
  [
    "eleven attributes",
    { MessageAttributes: Object.fromEntries(Array.from("abcdefghijk", (name) => [name, string("v")])) },
    "InvalidParameterValue",
  ],
  ["a group, which is for FIFO queues and fair ones", { MessageGroupId: "g" }, "UnsupportedOperation"],
])("a message with %s is refused", async (_what, input, name) => {
  const sending = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", ...input }));
  await expect(sending).rejects.toMatchObject({ name });
});

test.each([
  ["eleven messages", { MaxNumberOfMessages: 11 }],
  ["a wait of 21 s", { WaitTimeSeconds: 21 }],
  ["a visibility timeout beyond twelve hours", { VisibilityTimeout: 43_201 }],
])("a receive of %s is refused", async (_what, input) => {
  const receiving = sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input }));
  await expect(receiving).rejects.toMatchObject({ name: "InvalidParameterValue" });
});

test("a long poll is answered when a message comes", async () => {
  const receiving = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const sender = harness.client();
  await sender.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
  expect((await receiving).Messages).toMatchObject([{ Body: "a" }]);
});

test("visibility, deletion, counts and purge go through the API", async () => {
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(3) }));
  const { Messages: [first, second] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2 }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: second?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  const attributes = async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    return Attributes;
  };
  expect(await attributes()).toMatchObject({
    ...{
      ApproximateNumberOfMessages: "2",
      ApproximateNumberOfMessagesNotVisible: "0",
      QueueArn: arn("work"),
    },
    RedrivePolicy: `{"deadLetterTargetArn":"${arn("dead")}","maxReceiveCount":3}`,
  });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await attributes()).toMatchObject({ ApproximateNumberOfMessages: "0" });
  await expect(sqs.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
    name: expect.stringMatching(/PurgeQueueInProgress$/) as string,
  });
});

test("a caller may do what his role allows on that queue, and nothing else", async () => {
  const sender = harness.client({ Action: "sqs:SendMessage", Resource: arn("work") });
  await sender.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(1) }));
  const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
  await expect(sender.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject(denied);
  await expect(sender.send(new GetQueueUrlCommand({ QueueName: "work" }))).rejects.toMatchObject(denied);
  const elsewhere = { QueueUrl: harness.urlOf("dead"), MessageBody: "a" };
  await expect(sender.send(new SendMessageCommand(elsewhere))).rejects.toMatchObject({
    ...denied,
    message: `User: arn:aws:sts::123456789012:assumed-role/worker/main.alice is not authorized to perform: sqs:sendmessage on resource: ${arn("dead")}`,
  });
});

test("a queue's own policy can deny what a role allows, and allow what no role does", async () => {
  const purge = new PurgeQueueCommand({ QueueUrl: harness.urlOf("guarded") });
  await expect(sqs.send(purge)).rejects.toMatchObject({ name: "AccessDenied" });
  expect(harness.warnings.join()).toContain("explicit deny");
});

test("who may not, is not told whether a queue exists; who may, is", async () => {
  const QueueUrl = harness.urlOf("nowhere");
  const send = new SendMessageCommand({ QueueUrl, MessageBody: "a" });
  const stranger = harness.client({ Action: "sqs:SendMessage", Resource: arn("work") });
  await expect(stranger.send(send)).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(sqs.send(send)).rejects.toMatchObject({
    name: expect.stringMatching(/NonExistentQueue$|QueueDoesNotExist$/) as string,
  });
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "work" }))).QueueUrl).toBe(
    harness.urlOf("work"),
  );
});

test("AWS's own URL of a queue names it too, and a queue of another account is nobody's to reach", async () => {
  const theirs = "https://sqs.eu-west-1.amazonaws.com/123456789012/work";
  await expect(
    sqs.send(new SendMessageCommand({ QueueUrl: theirs, MessageBody: "a" })),
  ).resolves.toBeDefined();
  const other = theirs.replace("123456789012", "210987654321");
  await expect(sqs.send(new SendMessageCommand({ QueueUrl: other, MessageBody: "a" }))).rejects.toMatchObject(
    { name: "AccessDenied" },
  );
});

test("an action that makes queues is refused by name", async () => {
  await expect(sqs.send(new CreateQueueCommand({ QueueName: "q" }))).rejects.toMatchObject({
    message: "The action CreateQueue is not served by the local twin.",
  });
});

test("a request that is not signed is refused", async () => {
  const answer = await fetch(harness.endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    body: JSON.stringify({ QueueUrl, MessageBody: "a" }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    403,
    { __type: "com.amazon.coral.service#MissingAuthenticationTokenException" },
  ]);
});

// For SQS alone AWS CLI 1 passes AWS_ENDPOINT_URL by.
testWith("aws", "--version")("AWS CLI 1 sends and receives", async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = await sqs.config.credentials();
  const environment = {
    ...{ AWS_DEFAULT_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: accessKeyId },
    ...{ AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken ?? "" },
  };
  const aws = async (...words: string[]): Promise<unknown> => {
    const where = ["--endpoint-url", harness.endpoint, "--queue-url", QueueUrl, "--output", "json"];
    const { out } = await run("aws", ["sqs", ...words, ...where], environment);
    return JSON.parse(out);
  };
  await aws("send-message", "--message-body", "from the CLI");
  expect(await aws("receive-message")).toMatchObject({ Messages: [{ Body: "from the CLI" }] });
});
