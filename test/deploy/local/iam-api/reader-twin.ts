// The twin on real sockets with roles and policies of every kind, and the credentials of a role that may read them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { type Aws, startAws } from "../../../../deploy/local/aws/aws.js";
import { credentialsFrom } from "../task-session.js";

export const ARN = "arn:aws:iam::123456789012";
/** Another account's. */
export const THEIRS = "arn:aws:iam::210987654321";
export const strange = "<a> & \"b\" 'c' ]]>\r\n\té\u00ff 100%";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `${ARN}:root` }, Action: "sts:AssumeRole" }],
};
const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }],
});
const role = (RoleName: string, properties: object = {}) => ({
  Type: "AWS::IAM::Role",
  Properties: { RoleName, AssumeRolePolicyDocument: trust, ...properties },
});
const inline = (PolicyName: string, PolicyDocument: object) => ({ PolicyName, PolicyDocument });

/** What the trust policy of the role `lent` says: apostrophes and stars too are encoded. */
export const lentTrust = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `${ARN}:root` },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { StringLike: { "aws:RequestTag/tenant": "?*'()!é" } },
    },
  ],
};
export const firstPolicy = allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:a*");
export const sharedPolicy = allow("sqs:SendMessage", "*");

const reads = [
  ...["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"],
  ...["iam:GetPolicy", "iam:GetPolicyVersion"],
];

const template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Resources: {
    Reader: role("reader", {
      Policies: [
        inline(
          "read",
          allow(reads, [
            `${ARN}:role/*`,
            `${ARN}:policy/*`,
            "arn:aws:iam::aws:policy/*",
            `${THEIRS}:policy/*`,
          ]),
        ),
        inline("more", allow("s3:GetObject", "*")),
      ],
    }),
    // Its session may do less than its policies say.
    Bounded: role("bounded", {
      PermissionsBoundary: { Ref: "Fence" },
      Policies: [inline("read", allow(reads, "*"))],
    }),
    Fence: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { ManagedPolicyName: "fence", PolicyDocument: allow("iam:GetRole", `${ARN}:role/reader`) },
    },
    Lent: role("lent", {
      Path: "/team/a&b/",
      Description: strange,
      MaxSessionDuration: 7200,
      AssumeRolePolicyDocument: lentTrust,
      PermissionsBoundary: { Ref: "Fence" },
      Tags: [{ Key: "team", Value: "a+b = c" }],
      ManagedPolicyArns: [{ Ref: "Shared" }, "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"],
      Policies: [inline("one", firstPolicy), inline("two", allow("s3:GetObject", "*"))],
    }),
    Third: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyName: "three",
        Roles: [{ Ref: "Lent" }],
        PolicyDocument: allow("s3:PutObject", "*"),
      },
    },
    Shared: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: "shared",
        Path: "/team/",
        Description: strange,
        PolicyDocument: sharedPolicy,
      },
    },
    Task: role("task", {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      },
    }),
  },
};

export interface ReaderTwin {
  readonly aws: Aws;
  /** What the twin said to the person at the keyboard. */
  readonly lines: readonly string[];
  /** As the role `reader`, `bounded` or `task`. */
  client(who: "reader" | "bounded" | "task", region?: string): Promise<IAMClient>;
  close(): Promise<void>;
}

/** `taskRole` of the twin is `task`, who may read nothing. */
export async function startReaderTwin(): Promise<ReaderTwin> {
  const folder = mkdtempSync(join(tmpdir(), "grantway-iam-"));
  const templateFile = join(folder, "template.json");
  writeFileSync(templateFile, JSON.stringify(template));
  const lines: string[] = [];
  const aws = await startAws({
    ...{ templateFile, port: 0, taskRole: "task", operatorRole: "bounded", doctorRole: "reader" },
    ...{ clock: Date.now, log: (line) => void lines.push(line) },
  });
  const environments = {
    reader: aws.doctorEnvironment,
    bounded: aws.operatorEnvironment,
    task: aws.taskEnvironment,
  };
  return {
    aws,
    lines,
    client: async (who, region = "us-east-1") =>
      new IAMClient({
        ...{ region, endpoint: aws.endpoint, maxAttempts: 1 },
        credentials: await credentialsFrom(environments[who]),
      }),
    close: async () => {
      await aws.close();
      rmSync(folder, { recursive: true });
    },
  };
}
