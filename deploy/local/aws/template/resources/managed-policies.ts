// AWS's own managed policies, those that functions and Fargate tasks commonly have. What they allow is AWS's (as of
// 2026); one that is not here is refused by name, since a guess could grant too much.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
import type { ManagedPolicy } from "../../model.js";

const writeLogs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const traces = ["PutTraceSegments", "PutTelemetryRecords"];
const sampling = ["GetSamplingRules", "GetSamplingTargets", "GetSamplingStatisticSummaries"];
const xray = [...traces, ...sampling].map((action) => `xray:${action}`);

/** Path and name, then of each statement the actions and the resource. */
const contents: Readonly<Record<string, readonly (readonly [readonly string[], string])[]>> = {
  "service-role/AWSLambdaBasicExecutionRole": [[writeLogs, "*"]],
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    [
      [
        ...writeLogs,
        ...["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
        ...["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
      ],
      "*",
    ],
  ],
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...writeLogs], "*"],
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    [
      [
        ...["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        ...["dynamodb:ListStreams", ...writeLogs],
      ],
      "*",
    ],
  ],
  "service-role/AWSLambdaRole": [[["lambda:InvokeFunction"], "*"]],
  "service-role/AmazonECSTaskExecutionRolePolicy": [
    [
      [
        ...["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"],
        ...["ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents"],
      ],
      "*",
    ],
  ],
  AWSXRayDaemonWriteAccess: [[xray, "*"]],
  AWSXrayWriteOnlyAccess: [[xray, "*"]],
  CloudWatchLambdaInsightsExecutionRolePolicy: [
    [["logs:CreateLogGroup"], "*"],
    [["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*"],
  ],
  AWSLambdaExecute: [
    [["logs:*"], "arn:aws:logs:*:*:*"],
    [["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::*"],
  ],
};

export const awsManagedPolicies: readonly ManagedPolicy[] = Object.entries(contents).map(
  ([pathAndName, statements]) => ({
    arn: `arn:aws:iam::aws:policy/${pathAndName}`,
    document: {
      statements: statements.map(([actions, resource]) => ({
        effect: "Allow",
        actions,
        resources: [resource],
        conditions: [],
      })),
    },
  }),
);

/** SAM takes a managed policy's bare name. */
export const managedPolicyArn = (name: string): string | undefined =>
  awsManagedPolicies.find(({ arn }) => arn.split("/").at(-1) === name)?.arn;
