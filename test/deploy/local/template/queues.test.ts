// Queues, what they call, and how calls of type Event end: in SAM's words and in CloudFormation's.
import { firstFunction, fn, resource, samTemplate, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const queueArn = "arn:aws:sqs:eu-west-1:123456789012:q";
const queue = (properties = "", id = "Q", name = "q"): string =>
  resource("AWS::SQS::Queue", `QueueName: ${name}, ${properties}`, "", id);
const dead = queue("", "Dead", "dead");
const event = (properties = ""): string =>
  `Events: { Work: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn, ${properties} } } }`;
const at = "Resources.Fn.Properties";

test("a queue has SQS's defaults, and what its properties say", async () => {
  const redrive = "RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: '4' }";
  const { queues } = await folder.load(samTemplate(queue(redrive), dead));
  expect(queues).toEqual([
    {
      ...{ name: "q", arn: queueArn, delaySeconds: 0, maximumMessageBytes: 1_048_576, receiveWaitSeconds: 0 },
      ...{ retentionSeconds: 345_600, visibilityTimeoutSeconds: 30 },
      redrive: { deadLetterArn: "arn:aws:sqs:eu-west-1:123456789012:dead", maxReceiveCount: 4 },
    },
    expect.objectContaining({ name: "dead" }),
  ]);
});

test.each([
  ["FifoQueue: true", "Resources.Q.Properties.FifoQueue: a FIFO queue is not supported by the local twin"],
  ["KmsMasterKeyId: k", "Resources.Q.Properties.KmsMasterKeyId: is not supported"],
  ["VisibilityTimeout: 43201", "Resources.Q.Properties.VisibilityTimeout: 43201 is not"],
  ["MaximumMessageSize: 1048577", "Resources.Q.Properties.MaximumMessageSize: 1048577 is not"],
  ["RedrivePolicy: { deadLetterTargetArn: !GetAtt Q.Arn, maxReceiveCount: 1 }", "circular"],
  [
    `RedrivePolicy: { deadLetterTargetArn: '${queueArn}', maxReceiveCount: 1 }`,
    "Resources.Q.Properties.RedrivePolicy.deadLetterTargetArn: is the queue itself",
  ],
  [
    "RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:123456789012:z', maxReceiveCount: 1 }",
    "is no queue of this template",
  ],
  [
    "RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 0 }",
    "maxReceiveCount: 0 is not",
  ],
])("refuses the queue with %s", async (properties, fault) => {
  const faults = (await folder.faultsOf(samTemplate(queue(properties), dead))).join("\n");
  expect(faults.toLowerCase()).toContain(fault.toLowerCase());
});

test("a dead-letter queue may choose whose messages it takes", async () => {
  const redrive = "RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1 }";
  const faultsWith = (allow: string) =>
    folder.faultsOf(samTemplate(queue(redrive), queue(`RedriveAllowPolicy: ${allow}`, "Dead", "dead")));
  expect(await faultsWith(`{ redrivePermission: byQueue, sourceQueueArns: ['${queueArn}'] }`)).toEqual([]);
  expect(await faultsWith(`{ redrivePermission: byQueue, sourceQueueArns: ['${queueArn}2'] }`)).toHaveLength(
    1,
  );
  expect(await faultsWith("{ redrivePermission: denyAll }")).toHaveLength(1);
});

test("a queue's policy is the queue's", async () => {
  const policy = resource(
    "AWS::SQS::QueuePolicy",
    `Queues: [!Ref Q], PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Deny, Principal: '*', Action: 'sqs:*', Resource: '*' }] }`,
  );
  const { queues } = await folder.load(samTemplate(queue(), dead, policy));
  expect(queues?.map(({ policy: document }) => document?.statements.length)).toEqual([1, undefined]);
  expect(await folder.faultsOf(samTemplate(dead, policy.replace("!Ref Q", "other")))).toHaveLength(1);
});

test("an event of type SQS becomes a mapping on the alias, and the role may poll", async () => {
  const properties = `AutoPublishAlias: live, ${event(
    "BatchSize: 7, FunctionResponseTypes: [ReportBatchItemFailures], ScalingConfig: { MaximumConcurrency: 2 }",
  )}`;
  const template = await folder.load(samTemplate(fn(properties), queue()));
  expect(template.eventSources).toEqual([
    {
      ...{ queueArn, functionArn: firstFunction(template).arn, qualifier: "live", isEnabled: true },
      ...{ batchSize: 7, windowSeconds: 0, reportsItemFailures: true, maximumConcurrency: 2 },
      place: `${at}.Events.Work`,
    },
  ]);
  expect(template.notices).toEqual([]);
  const role = template.roles.find(({ arn }) => arn === firstFunction(template).executionRoleArn);
  expect(role?.policies.map(({ name }) => name)).toContain(
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  );
});

test.each([
  ["Timeout: 31", "", "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"],
  ["Timeout: 30", "FilterCriteria: {}", `${at}.Events.Work.Properties.FilterCriteria: is not supported`],
  ["Timeout: 30", "BatchSize: 11", "must be 1 or more where BatchSize is over 10"],
  ["Timeout: 30", "BatchSize: 10001", "Properties.BatchSize: 10001 is not"],
  ["Timeout: 30", "MaximumBatchingWindowInSeconds: 301", "301 is not"],
  ["Timeout: 30", "ScalingConfig: { MaximumConcurrency: 1 }", "1 is not a whole number from 2"],
  ["Timeout: 30", "FunctionResponseTypes: [Other]", `"Other" does not match`],
  ["Timeout: 30", "ProvisionedPollerConfig: {}", "ProvisionedPollerConfig: is not supported"],
  [
    "ReservedConcurrentExecutions: 3",
    "ScalingConfig: { MaximumConcurrency: 4 }",
    "4 is more than the 3 reserved for",
  ],
])("refuses the function with %s and a mapping with %s", async (properties, mapping, fault) => {
  const text = samTemplate(fn(`${properties}, ${event(mapping)}`), queue());
  expect((await folder.faultsOf(text)).join("\n")).toContain(fault);
});

test("just enough visibility, batch and concurrency is accepted", async () => {
  const mapping =
    "BatchSize: 11, MaximumBatchingWindowInSeconds: 1, ScalingConfig: { MaximumConcurrency: 3 }";
  const properties = `Timeout: 30, ReservedConcurrentExecutions: 3, ${event(mapping)}`;
  expect(await folder.faultsOf(samTemplate(fn(properties), queue()))).toEqual([]);
});

test("a mapping from a stream is told as not served", async () => {
  const source = "arn:aws:kinesis:eu-west-1:123456789012:stream/s";
  const mapping = resource(
    "AWS::Lambda::EventSourceMapping",
    `EventSourceArn: '${source}', FunctionName: !Ref Fn, StartingPosition: LATEST`,
  );
  const template = await folder.load(samTemplate(fn(), mapping));
  expect(template.eventSources).toEqual([]);
  expect(template.notices).toEqual(["Resources.X: a source that is no queue is not served here"]);
});

test("retries, age and dead letters of calls of type Event are the function's, by qualifier", async () => {
  const properties =
    "AutoPublishAlias: live, DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Q.Arn }, EventInvokeConfig: { MaximumRetryAttempts: 1 }";
  const template = await folder.load(samTemplate(fn(properties), queue()));
  expect(firstFunction(template)).toMatchObject({
    deadLetterArn: queueArn,
    asynchronous: [{ qualifier: "live", maximumRetryAttempts: 1, maximumEventAgeSeconds: 21_600 }],
  });
});

test.each([
  [
    "EventInvokeConfig: { MaximumRetryAttempts: 3 }",
    `${at}.EventInvokeConfig.MaximumRetryAttempts: 3 is not`,
  ],
  [
    "EventInvokeConfig: { MaximumEventAgeInSeconds: 59 }",
    `${at}.EventInvokeConfig.MaximumEventAgeInSeconds: 59`,
  ],
  [`DeadLetterQueue: { Type: SQS, TargetArn: '${queueArn}' }`, `${queueArn} is no queue of this template`],
])("refuses the function with %s", async (properties, fault) => {
  expect((await folder.faultsOf(samTemplate(fn(properties)))).join("\n")).toContain(fault);
});

test("a destination and a topic for dead letters are told as not served", async () => {
  const topic = resource("AWS::SNS::Topic", "", "", "T");
  const properties =
    "DeadLetterQueue: { Type: SNS, TargetArn: !Ref T }, EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SNS, Destination: !Ref T } } }";
  const { notices } = await folder.load(samTemplate(fn(properties), topic));
  expect(notices).toEqual([
    "Resources.Fn: the destination OnFailure gets nothing here; a dead-letter queue of SQS does",
    "Resources.T: AWS::SNS::Topic is named here, not served",
    `${at}: the dead-letter queue: a topic gets nothing here`,
  ]);
});
