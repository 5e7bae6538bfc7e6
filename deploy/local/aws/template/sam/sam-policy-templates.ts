// SAM's policy templates, those that small templates use. What they allow is AWS's; others are refused by name.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
import { unsupported, type Report } from "../faults.js";
import { isMembers, readFields, type Members } from "../fields.js";

/** The parameters' names, then of each statement the actions and the resources, which name the parameters. */
interface PolicyTemplate {
  readonly parameters: readonly string[];
  readonly statements: readonly (readonly [actions: string, resources: readonly string[]])[];
}

const own = "${AWS::Region}:${AWS::AccountId}";
const arn = (service: string, resource: string): string =>
  "arn:${AWS::Partition}:" + `${service}:${own}:${resource}`;
const one = (parameter: string, actions: string, ...resources: string[]): PolicyTemplate => ({
  parameters: [parameter],
  statements: [[actions, resources]],
});
const anywhere = (actions: string): PolicyTemplate => ({ parameters: [], statements: [[actions, ["*"]]] });

const table = [arn("dynamodb", "table/${TableName}"), arn("dynamodb", "table/${TableName}/index/*")] as const;
const bucket = [
  "arn:${AWS::Partition}:s3:::${BucketName}",
  "arn:${AWS::Partition}:s3:::${BucketName}/*",
] as const;
const queue = arn("sqs", "${QueueName}");
const readObjects =
  "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:GetLifecycleConfiguration";
const writeObjects = "s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration";

const templates: Readonly<Record<string, PolicyTemplate>> = {
  LambdaInvokePolicy: one(
    "FunctionName",
    "lambda:InvokeFunction",
    arn("lambda", "function:${FunctionName}*"),
  ),
  DynamoDBCrudPolicy: one(
    "TableName",
    "dynamodb:GetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Scan dynamodb:Query dynamodb:UpdateItem " +
      "dynamodb:BatchWriteItem dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:ConditionCheckItem",
    ...table,
  ),
  DynamoDBReadPolicy: one(
    "TableName",
    "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable",
    ...table,
  ),
  DynamoDBWritePolicy: one(
    "TableName",
    "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem",
    ...table,
  ),
  S3ReadPolicy: one("BucketName", readObjects, ...bucket),
  S3WritePolicy: one("BucketName", writeObjects, ...bucket),
  S3CrudPolicy: one("BucketName", `${readObjects} ${writeObjects} s3:DeleteObject`, ...bucket),
  // SAM's has two ...Batch actions as well, which IAM does not have, so that they grant nothing.
  SQSPollerPolicy: one(
    "QueueName",
    "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
    queue,
  ),
  SQSSendMessagePolicy: one("QueueName", "sqs:SendMessage*", queue),
  SNSPublishMessagePolicy: one("TopicName", "sns:Publish", arn("sns", "${TopicName}")),
  AWSSecretsManagerGetSecretValuePolicy: one("SecretArn", "secretsmanager:GetSecretValue", "${SecretArn}"),
  SSMParameterReadPolicy: {
    parameters: ["ParameterName"],
    statements: [
      ["ssm:DescribeParameters", ["*"]],
      [
        "ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath",
        [arn("ssm", "parameter/${ParameterName}")],
      ],
    ],
  },
  StepFunctionsExecutionPolicy: one(
    "StateMachineName",
    "states:StartExecution",
    arn("states", "stateMachine:${StateMachineName}"),
  ),
  EventBridgePutEventsPolicy: one(
    "EventBusName",
    "events:PutEvents",
    arn("events", "event-bus/${EventBusName}"),
  ),
  KMSDecryptPolicy: one("KeyId", "kms:Decrypt", arn("kms", "key/${KeyId}")),
  KMSEncryptPolicy: one("KeyId", "kms:Encrypt", arn("kms", "key/${KeyId}")),
  CloudWatchPutMetricPolicy: anywhere("cloudwatch:PutMetricData"),
  VPCAccessPolicy: anywhere(
    "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces " +
      "ec2:DetachNetworkInterface",
  ),
};

/** `{ S3ReadPolicy: { BucketName: x } }` -> a policy document, x not resolved. */
export function fillPolicyTemplate(value: unknown, place: string, report: Report): Members | undefined {
  const [[name, given] = [JSON.stringify(value), undefined], ...more] = isMembers(value)
    ? Object.entries(value)
    : [];
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (template === undefined || more.length > 0) {
    const why =
      more.length > 0 ? "takes one policy template at a time" : `the policy template ${name} ${unsupported}`;
    report(place, why);
    return undefined;
  }
  const parameters = readFields(given, `${place}.${name}`, report);
  for (const parameter of template.parameters)
    if (!parameters.has(parameter)) parameters.fault(parameter, "is missing");
  parameters.end();
  const statements = template.statements.map(([actions, resources]) => ({
    Effect: "Allow",
    Action: actions.split(" "),
    Resource: resources.map((resource) => fill(resource, template.parameters, given)),
  }));
  return { Version: "2012-10-17", Statement: statements };
}

/** Only what the text names, since a name that is not used could be a circle of its own. */
function fill(resource: string, parameters: readonly string[], given: unknown): Members {
  const used = parameters.filter((name) => resource.includes(`\${${name}}`));
  const values = isMembers(given) ? used.map((name) => [name, given[name] ?? ""] as const) : [];
  return { "Fn::Sub": [resource, Object.fromEntries(values)] };
}
