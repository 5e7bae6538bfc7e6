// handlers/queue as it is deployed: the twin loads deploy/aws/functions.yaml, and analysts send to it with the AWS SDK.
import { join } from "node:path";
import {
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Aws, startAws } from "../../deploy/local/aws/aws.js";
import { manualTime } from "../deploy/local/manual-time.js";
import { credentialsFrom } from "../deploy/local/task-session.js";

const region = "eu-west-1";
const time = manualTime(Date.now());
const lines: string[] = [];
const waiting: (() => void)[] = [];
let aws: Aws;
let queueUrl: string;

/** Resolves when so many lines have the text. */
const logged = async (text: string, times = 1): Promise<void> => {
  while (lines.filter((line) => line.includes(text)).length < times)
    await new Promise<void>((resolve) => waiting.push(resolve));
};

beforeAll(async () => {
  aws = await startAws({
    templateFile: join(__dirname, "../../deploy/aws/functions.yaml"),
    taskRole: "grantway-gateway",
    port: 0,
    clock: time.clock,
    after: time.after,
    log: (line) => {
      lines.push(line);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  queueUrl = `${aws.endpoint}/123456789012/grantway-work`;
});
afterAll(() => aws.close());

/** The SDK's clock goes with the twin's. */
const place = () => ({ region, endpoint: aws.endpoint, systemClockOffset: time.clock() - Date.now() });

const asAdministrator = async (): Promise<SQSClient> =>
  new SQSClient({ ...place(), credentials: await credentialsFrom(aws.operatorEnvironment) });

/** What the gateway lends an analyst, without the session policy that it would add. */
const asAnalyst = async (): Promise<SQSClient> => {
  const sts = new STSClient({ ...place(), credentials: await credentialsFrom(aws.taskEnvironment) });
  const { Credentials: lent } = await sts.send(
    new AssumeRoleCommand({
      ...{ RoleArn: "arn:aws:iam::123456789012:role/grantway-analyst", RoleSessionName: "main.alice" },
      ...{ SourceIdentity: "alice", Tags: [{ Key: "tenant", Value: "acme" }] },
    }),
  );
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = lent ?? {};
  const credentials = {
    ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey },
    sessionToken: SessionToken,
  };
  return new SQSClient({ ...place(), credentials });
};

const receiveAll = async (QueueName: string): Promise<readonly Message[]> => {
  const receiver = await asAdministrator();
  const { QueueUrl } = await receiver.send(new GetQueueUrlCommand({ QueueName }));
  const { Messages = [] } = await receiver.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"] },
    }),
  );
  return Messages;
};

test("of ten messages with one bad among them nine are handled once, and the bad one ends as a dead letter", async () => {
  const bodies = Array.from({ length: 10 }, (_, at) =>
    at === 6 ? "no order" : JSON.stringify({ order: `A-${at}`, quantity: at + 1 }),
  );
  const Entries = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
  await (await asAnalyst()).send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  for (let receive = 1; receive <= 5; receive += 1) {
    await logged("messages go back to grantway-work", receive);
    expect(await receiveAll("grantway-work-failed")).toEqual([]);
    await time.advance(60_000);
  }
  expect(await receiveAll("grantway-work-failed")).toMatchObject([
    {
      Body: "no order",
      Attributes: { DeadLetterQueueSourceArn: "arn:aws:sqs:eu-west-1:123456789012:grantway-work" },
    },
  ]);
  expect(await receiveAll("grantway-work")).toEqual([]);
  const handled = lines.filter((line) => line.includes('"order handled"'));
  expect(handled).toHaveLength(9);
  for (const at of [0, 1, 2, 3, 4, 5, 7, 8, 9])
    expect(handled.filter((line) => line.includes(`"order":"A-${at}"`))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('"order failed"'))).toHaveLength(5);
});

test("the layer puts the service's name into each line", async () => {
  await (
    await asAnalyst()
  ).send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{"order":"B-1","quantity":1}' }));
  await logged('"order":"B-1"');
  const line = lines.find((one) => one.includes('"order":"B-1"'));
  expect(line).toContain('"message":{"message":"order handled","service":"grantway-queue"');
});

test("a bad body is told by what is wrong with it, never by itself", async () => {
  const MessageBody = '{"order":"C-1","quantity":0,"card":"4111"}';
  await (await asAnalyst()).send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  await logged("quantity must be");
  expect(lines.join("\n")).not.toContain("4111");
});

test("an analyst may neither receive work nor send to another queue", async () => {
  const analyst = await asAnalyst();
  const refusal = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
  await expect(analyst.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }))).rejects.toMatchObject(
    refusal,
  );
  const QueueUrl = `${queueUrl}-failed`;
  await expect(analyst.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject(
    refusal,
  );
});
