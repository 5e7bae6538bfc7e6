// `@aws-sdk/client-sts` against the twin, as an application uses it.
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { type ClientTwin, region, roleArn, startClientTwin } from "./client-twin.js";

let twin: ClientTwin;
beforeAll(async () => {
  twin = await startClientTwin();
}, 30_000);
afterAll(() => twin.close());

const client = (settings: STSClientConfig): STSClient =>
  new STSClient({ region, endpoint: twin.aws.endpoint, maxAttempts: 1, ...settings });
const whoAmI = (settings: STSClientConfig) => client(settings).send(new GetCallerIdentityCommand());
const assume = (role: string, more: { DurationSeconds?: number; Policy?: string } = {}) =>
  client({ credentials: twin.task }).send(
    new AssumeRoleCommand({ RoleArn: roleArn(role), RoleSessionName: "bob", ...more }),
  );

test("a session lent by AssumeRole says who it is", async () => {
  const { Credentials: lent, AssumedRoleUser: user } = await assume("caller", { DurationSeconds: 900 });
  const credentials = {
    accessKeyId: lent?.AccessKeyId ?? "",
    secretAccessKey: lent?.SecretAccessKey ?? "",
    sessionToken: lent?.SessionToken ?? "",
  };
  const identity = await whoAmI({ credentials });
  expect(identity).toMatchObject({
    Account: "123456789012",
    Arn: "arn:aws:sts::123456789012:assumed-role/caller/bob",
    UserId: user?.AssumedRoleId,
  });
  const secondsLeft = ((lent?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
  expect(secondsLeft).toBeGreaterThan(870);
  expect(secondsLeft).toBeLessThanOrEqual(900);
});

test.each<[title: string, call: () => Promise<unknown>, error: object]>([
  [
    "a role that does not trust it",
    () => assume("stranger"),
    { name: "AccessDenied", $metadata: { httpStatusCode: 403 } },
  ],
  [
    "a duration beyond the role's",
    () => assume("caller", { DurationSeconds: 3601 }),
    { name: "ValidationError", $metadata: { httpStatusCode: 400 } },
  ],
  [
    "a policy that is no JSON",
    () => assume("caller", { Policy: "{" }),
    { name: "MalformedPolicyDocumentException", $metadata: { httpStatusCode: 400 } },
  ],
  [
    "another secret",
    () => whoAmI({ credentials: { ...twin.caller, secretAccessKey: "another" } }),
    { name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 } },
  ],
  [
    "a key without its token",
    () => whoAmI({ credentials: { ...twin.caller, sessionToken: "" } }),
    { name: "InvalidClientTokenId", $metadata: { httpStatusCode: 403 } },
  ],
  [
    "another region",
    () => whoAmI({ credentials: twin.caller, region: "us-east-1" }),
    { name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 } },
  ],
])("the SDK throws its own error for %s", async (_title, call, error) => {
  await expect(call()).rejects.toMatchObject(error);
});

test("the SDK finds the task's credentials by the environment that ECS would give", async () => {
  const before = { ...process.env };
  Object.assign(process.env, twin.aws.taskEnvironment, { AWS_EC2_METADATA_DISABLED: "true" });
  try {
    const { Arn: arn } = await whoAmI({});
    expect(arn).toMatch(/^arn:aws:sts::123456789012:assumed-role\/task\//);
  } finally {
    process.env = before;
  }
});
