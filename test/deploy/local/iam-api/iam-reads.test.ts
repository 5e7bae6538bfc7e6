// IAM's reads over a real socket, asked by the AWS SDK with a real signature.
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  ARN,
  firstPolicy,
  lentTrust,
  type ReaderTwin,
  sharedPolicy,
  startReaderTwin,
  strange,
} from "./reader-twin.js";

let twin: ReaderTwin;
let iam: IAMClient;
beforeAll(async () => {
  twin = await startReaderTwin();
  iam = await twin.client("reader");
});
afterAll(() => twin.close());

const lent = { RoleName: "lent" };
const awsPolicy = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole";
const decoded = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? ""));

test("GetRole tells all that the template says of a role, every character of it", async () => {
  const { Role } = await iam.send(new GetRoleCommand(lent));
  expect(Role).toMatchObject({
    ...{ RoleName: "lent", Path: "/team/a&b/", Arn: `${ARN}:role/team/a&b/lent`, MaxSessionDuration: 7200 },
    RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/) as string,
    Description: strange,
    CreateDate: expect.any(Date) as Date,
    PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: `${ARN}:policy/fence` },
    Tags: [{ Key: "team", Value: "a+b = c" }],
  });
  expect(Role?.RoleLastUsed).toBeUndefined();
  expect(decoded(Role?.AssumeRolePolicyDocument)).toEqual(lentTrust);
  expect(Role?.AssumeRolePolicyDocument).toMatch(/^[\w.~%-]+$/);
});

test("a role without boundary, tags and description has none of their members", async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: "task" }));
  expect(Role).toMatchObject({ Path: "/", Arn: `${ARN}:role/task`, MaxSessionDuration: 3600 });
  const { PermissionsBoundary, Tags, Description } = Role ?? {};
  expect([PermissionsBoundary, Tags, Description]).toEqual([undefined, undefined, undefined]);
});

test("inline policies are listed by name, wherever the template has them, and given one by one", async () => {
  const { PolicyNames, IsTruncated } = await iam.send(new ListRolePoliciesCommand(lent));
  expect([PolicyNames, IsTruncated]).toEqual([["one", "two", "three"], false]);
  const { RoleName, PolicyName, PolicyDocument } = await iam.send(
    new GetRolePolicyCommand({ ...lent, PolicyName: "one" }),
  );
  expect([RoleName, PolicyName, decoded(PolicyDocument)]).toEqual(["lent", "one", firstPolicy]);
});

test("managed policies are listed with their ARN, and not among the inline ones", async () => {
  const list = (input: object = {}) => iam.send(new ListAttachedRolePoliciesCommand({ ...lent, ...input }));
  const shared = { PolicyName: "shared", PolicyArn: `${ARN}:policy/team/shared` };
  expect((await list()).AttachedPolicies).toEqual([
    shared,
    { PolicyName: "AWSLambdaRole", PolicyArn: awsPolicy },
  ]);
  expect((await list({ PathPrefix: "/team/" })).AttachedPolicies).toEqual([shared]);
  const none = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "task" }));
  expect([none.AttachedPolicies, none.IsTruncated]).toEqual([[], false]);
});

test("a managed policy has one version, and counts what it is attached to", async () => {
  const PolicyArn = `${ARN}:policy/team/shared`;
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  expect(Policy).toMatchObject({
    ...{ PolicyName: "shared", Arn: PolicyArn, Path: "/team/", DefaultVersionId: "v1", Description: strange },
    ...{ AttachmentCount: 1, PermissionsBoundaryUsageCount: 0, IsAttachable: true },
    PolicyId: expect.stringMatching(/^ANPA[A-Z0-9]{17}$/) as string,
  });
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
  expect(PolicyVersion).toMatchObject({ VersionId: "v1", IsDefaultVersion: true });
  expect(decoded(PolicyVersion?.Document)).toEqual(sharedPolicy);
  const fence = await iam.send(new GetPolicyCommand({ PolicyArn: `${ARN}:policy/fence` }));
  expect(fence.Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 2 });
});

test("lists come in pages of the size that was asked for, to the end and no further", async () => {
  const pages: (readonly string[])[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(
      new ListRolePoliciesCommand({ ...lent, MaxItems: 2, ...(Marker && { Marker }) }),
    );
    pages.push(page.PolicyNames ?? []);
    expect(page.IsTruncated).toBe(page.Marker !== undefined);
    Marker = page.Marker;
  } while (Marker !== undefined);
  expect(pages).toEqual([["one", "two"], ["three"]]);
  const whole = await iam.send(new ListRolePoliciesCommand({ ...lent, MaxItems: 3 }));
  expect([whole.PolicyNames?.length, whole.IsTruncated, whole.Marker]).toEqual([3, false, undefined]);
});

test("a marker is good for the list that gave it only", async () => {
  const { Marker = "" } = await iam.send(new ListRolePoliciesCommand({ ...lent, MaxItems: 1 }));
  const invalid = { name: "ValidationError", message: "Invalid Marker.", $metadata: { httpStatusCode: 400 } };
  await expect(iam.send(new ListAttachedRolePoliciesCommand({ ...lent, Marker }))).rejects.toMatchObject(
    invalid,
  );
  await expect(iam.send(new ListRolePoliciesCommand({ RoleName: "reader", Marker }))).rejects.toMatchObject(
    invalid,
  );
  await expect(iam.send(new ListRolePoliciesCommand({ ...lent, Marker: "x" }))).rejects.toMatchObject(
    invalid,
  );
});

test.each([
  ["a role", () => new GetRoleCommand({ RoleName: "gone" }), "The role with name gone cannot be found."],
  [
    "a role in another case",
    () => new GetRoleCommand({ RoleName: "LENT" }),
    "The role with name LENT cannot be found.",
  ],
  [
    "the policies of a role",
    () => new ListRolePoliciesCommand({ RoleName: "gone" }),
    "The role with name gone cannot be found.",
  ],
  [
    "an inline policy",
    () => new GetRolePolicyCommand({ ...lent, PolicyName: "gone" }),
    "The role policy with name gone cannot be found.",
  ],
  [
    "a managed policy by GetRolePolicy",
    () => new GetRolePolicyCommand({ ...lent, PolicyName: "shared" }),
    "The role policy with name shared cannot be found.",
  ],
  [
    "a managed policy",
    () => new GetPolicyCommand({ PolicyArn: `${ARN}:policy/gone` }),
    `Policy ${ARN}:policy/gone was not found.`,
  ],
  [
    "a second version",
    () => new GetPolicyVersionCommand({ PolicyArn: `${ARN}:policy/fence`, VersionId: "v2" }),
    `Policy ${ARN}:policy/fence version v2 does not exist or is not attachable.`,
  ],
])("%s that is not there is NoSuchEntity", async (_what, command, message) => {
  await expect(iam.send(command() as GetRoleCommand)).rejects.toMatchObject({
    ...{ name: "NoSuchEntityException", message },
    $metadata: { httpStatusCode: 404 },
  });
});

test("the text of AWS's own policies is not made up", async () => {
  const refused = { name: "InvalidInputException", message: expect.stringContaining(awsPolicy) as string };
  await expect(iam.send(new GetPolicyCommand({ PolicyArn: awsPolicy }))).rejects.toMatchObject(refused);
  await expect(
    iam.send(new GetPolicyVersionCommand({ PolicyArn: awsPolicy, VersionId: "v1" })),
  ).rejects.toMatchObject(refused);
});

test.each([
  ["no name", { RoleName: "" }, "Value '' at 'roleName'"],
  ["a name with a slash", { RoleName: "a/b" }, "pattern: [\\w+=,.@-]+"],
  ["64 letters and one more", { RoleName: "a".repeat(65) }, "length less than or equal to 64"],
])("%s is a ValidationError", async (_what, input, message) => {
  await expect(iam.send(new GetRoleCommand(input))).rejects.toMatchObject({
    ...{ name: "ValidationError", message: expect.stringContaining(message) as string },
    $metadata: { httpStatusCode: 400 },
  });
});

test.each([
  [0, "greater than or equal to 1"],
  [1001, "less than or equal to 1000"],
])("a page of %d is a ValidationError", async (MaxItems, message) => {
  await expect(iam.send(new ListRolePoliciesCommand({ ...lent, MaxItems }))).rejects.toMatchObject({
    ...{ name: "ValidationError", message: expect.stringContaining(message) as string },
  });
});

test("a page of 1000, and a name of 64 letters, are taken", async () => {
  expect((await iam.send(new ListRolePoliciesCommand({ ...lent, MaxItems: 1000 }))).PolicyNames).toHaveLength(
    3,
  );
  const RoleName = "a".repeat(64);
  await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
});

test("what is not served is refused by name", async () => {
  const simulate = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: `${ARN}:role/lent`,
    ActionNames: ["s3:*"],
  });
  await expect(iam.send(simulate)).rejects.toMatchObject({
    name: "InvalidAction",
    message: expect.stringMatching(
      /^Could not find operation SimulatePrincipalPolicy .* serves GetRole, .*GetPolicyVersion/,
    ) as string,
  });
});
