// A call of type Event on the twin: answered at once, run three times in vain, and found in the dead-letter queue.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startAws } from "../../../deploy/local/aws/aws.js";
import { manualTime } from "./manual-time.js";
import { credentialsFrom } from "./task-session.js";

const template = (more = "", role = ""): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Failing:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: failing
      Runtime: nodejs24.x
      Handler: index.handler
      InlineCode: "exports.handler = async () => { throw new Error('no database'); };"
      ${more}
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: dead } }
  ${role}
`;

const folder = mkdtempSync(join(tmpdir(), "grantway-dead-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (text: string) => {
  const templateFile = join(folder, "template.yaml");
  writeFileSync(templateFile, text);
  const time = manualTime(Date.now());
  const log: string[] = [];
  const waiting: (() => void)[] = [];
  const aws = await startAws({
    ...{ templateFile, port: 0, clock: time.clock, after: time.after },
    log: (line) => {
      log.push(line);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  const logged = async (part: string, times: number): Promise<void> => {
    while (log.filter((line) => line.includes(part)).length < times)
      await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { aws, time, logged };
};

const letters = "DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }";

test("an event that fails three times is a dead letter with its request id and its error", async () => {
  const { aws, time, logged } = await start(template(letters));
  try {
    const place = {
      ...{ endpoint: aws.endpoint, region: "eu-west-1" },
      credentials: await credentialsFrom(aws.taskEnvironment),
    };
    const call = new InvokeCommand({ FunctionName: "failing", InvocationType: "Event", Payload: '{"n":1}' });
    const { StatusCode, $metadata: metadata } = await new LambdaClient(place).send(call);
    expect(StatusCode).toBe(202);
    await logged("tried again in 60 s", 1);
    await time.advance(60_000);
    await logged("tried again in 120 s", 1);
    await time.advance(120_000);
    await logged("the event goes to dead", 1);
    const { Messages } = await new SQSClient({ ...place, systemClockOffset: 180_000 }).send(
      new ReceiveMessageCommand({
        QueueUrl: `${aws.endpoint}/123456789012/dead`,
        MessageAttributeNames: ["All"],
      }),
    );
    expect(Messages).toMatchObject([
      {
        Body: '{"n":1}',
        MessageAttributes: {
          RequestID: { DataType: "String", StringValue: metadata.requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: "Error: no database" },
        },
      },
    ]);
  } finally {
    await aws.close();
  }
});

test("an event that is larger than the dead-letter queue takes is lost, and the log says so", async () => {
  const small = template(`${letters}\n      EventInvokeConfig: { MaximumRetryAttempts: 0 }`).replace(
    "{ QueueName: dead }",
    "{ QueueName: dead, MaximumMessageSize: 1024 }",
  );
  const { aws, logged } = await start(small);
  try {
    const credentials = await credentialsFrom(aws.taskEnvironment);
    const lambda = new LambdaClient({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
    const Payload = JSON.stringify("x".repeat(1024));
    await lambda.send(new InvokeCommand({ FunctionName: "failing", InvocationType: "Event", Payload }));
    await logged("the event is lost, dead did not take it", 1);
  } finally {
    await aws.close();
  }
});

const bareRole = `Bare:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }] }`;
const source = "Events: { Work: { Type: SQS, Properties: { Queue: !GetAtt Dead.Arn } } }";

test.each([
  [letters, /^Failing: The provided execution role does not have permissions to call SendMessage on SQS/],
  [
    source,
    /^Failing: .* call ReceiveMessage on SQS.*\nFailing: .* DeleteMessage .*\nFailing: .* GetQueueAttributes /,
  ],
])("a role that may not do it fails the start: %s", async (properties, message) => {
  const text = template(`${properties}\n      Role: !GetAtt Bare.Arn`, bareRole);
  await expect(start(text)).rejects.toThrow(message);
});

test("a function is given the twin's address for a queue, where AWS gives its own", async () => {
  const printing = "exports.handler = async () => console.log(process.env.QUEUE_URL);";
  const variables = "Environment: { Variables: { QUEUE_URL: !Ref Dead } }";
  const text = template(variables).replace(/InlineCode: .*/, `InlineCode: "${printing}"`);
  const { aws, logged } = await start(text);
  try {
    const credentials = await credentialsFrom(aws.taskEnvironment);
    const lambda = new LambdaClient({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
    await lambda.send(new InvokeCommand({ FunctionName: "failing" }));
    await logged(`${aws.endpoint}/123456789012/dead`, 1);
  } finally {
    await aws.close();
  }
});
