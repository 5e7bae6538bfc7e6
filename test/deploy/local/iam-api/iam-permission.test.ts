// Who may read what of IAM, and what a refusal tells: nothing of what there is.
import {
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { isForIam } from "../../../../deploy/local/aws/iam-api/create-iam.js";
import { credentialsFrom } from "../task-session.js";
import { ARN, type ReaderTwin, startReaderTwin, THEIRS } from "./reader-twin.js";

let twin: ReaderTwin;
beforeAll(async () => {
  twin = await startReaderTwin();
});
afterAll(() => twin.close());

const task = "arn:aws:sts::123456789012:assumed-role/task/local-task";

test.each([
  ["a role", new GetRoleCommand({ RoleName: "lent" }), "iam:GetRole", "role lent"],
  ["no role", new GetRoleCommand({ RoleName: "gone" }), "iam:GetRole", "role gone"],
  [
    "a role's policy",
    new GetRolePolicyCommand({ RoleName: "lent", PolicyName: "one" }),
    ...["iam:GetRolePolicy", "role lent"],
  ],
  [
    "a managed policy",
    new GetPolicyCommand({ PolicyArn: `${ARN}:policy/fence` }),
    ...["iam:GetPolicy", `policy ${ARN}:policy/fence`],
  ],
] as const)("who may not read %s is told so in IAM's words", async (_what, command, action, resource) => {
  const iam: IAMClient = await twin.client("task");
  await expect(iam.send(command as GetRoleCommand)).rejects.toMatchObject({
    name: "AccessDenied",
    message: `User: ${task} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    $metadata: { httpStatusCode: 403 },
  });
  expect(twin.lines.at(-1)).toContain(`${task}: ${action} on ${ARN}:`);
});

test("a permissions boundary limits what is read, and is named", async () => {
  const iam = await twin.client("bounded");
  expect((await iam.send(new GetRoleCommand({ RoleName: "reader" }))).Role?.RoleName).toBe("reader");
  await expect(iam.send(new GetRoleCommand({ RoleName: "lent" }))).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining(
      "because no permissions boundary allows the iam:GetRole action",
    ) as string,
  });
  await expect(iam.send(new ListRolePoliciesCommand({ RoleName: "reader" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
});

test("another account's policy is nobody's here to read", async () => {
  const iam = await twin.client("reader");
  const PolicyArn = `${THEIRS}:policy/theirs`;
  await expect(iam.send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({ name: "AccessDenied" });
});

test("IAM takes signatures of us-east-1 only, wherever the stack is", async () => {
  const iam = await twin.client("reader", "eu-west-1");
  await expect(iam.send(new GetRoleCommand({ RoleName: "lent" }))).rejects.toMatchObject({
    name: "SignatureDoesNotMatch",
    message: "Credential should be scoped to a valid region, not 'eu-west-1'.",
    $metadata: { httpStatusCode: 403 },
  });
});

test("credentials that nobody has are refused before anything is looked at", async () => {
  const iam = await twin.client("reader");
  const credentials = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "x", sessionToken: "y" };
  iam.config.credentials = () => Promise.resolve(credentials);
  await expect(iam.send(new GetRoleCommand({ RoleName: "gone" }))).rejects.toMatchObject({
    name: "InvalidClientTokenId",
  });
});

test("a form with two names is refused, and one that the action does not take by its name", async () => {
  const iam = await twin.client("reader");
  const sendWith = (more: string) => {
    const command = new GetRoleCommand({ RoleName: "lent" });
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body += more;
        request.headers["content-length"] = String(request.body.length);
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    return iam.send(command);
  };
  await expect(sendWith("&RoleName=task")).rejects.toMatchObject({ name: "MalformedQueryString" });
  await expect(sendWith("&MaxItems=5")).rejects.toMatchObject({
    name: "ValidationError",
    message: "1 validation error detected: MaxItems is not supported by the local twin",
  });
});

test("STS is still at the same address", async () => {
  const credentials = await credentialsFrom(twin.aws.doctorEnvironment);
  const sts = new STSClient({ region: "eu-west-1", endpoint: twin.aws.endpoint, credentials });
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/reader/local-doctor");
});

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/${service}/aws4_request`;
test.each([
  [["Authorization", `${scope("iam")}, SignedHeaders=host, Signature=00`], true],
  [["authorization", scope("iam")], true],
  [["Authorization", `${scope("sts")}, SignedHeaders=host`], false],
  [["X-Other", scope("iam")], false],
  [["X-Other", "Authorization", scope("iam"), "1"], false],
  [[], false],
])("%j is for IAM: %s", (rawHeaders, expected) => {
  expect(isForIam(rawHeaders)).toBe(expected);
});
