// CloudFormation makes at the same time what does not wait for one another: a template that names a function, an alias or
// a role by its text alone works here and fails there, so it is refused.
import { fn, lambdaTrust, resource, role, samTemplate, template, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const lambda = (type: string, properties: string, id: string, more = ""): string =>
  resource(`AWS::Lambda::${type}`, properties, more, id);
const lambdaRole = resource("AWS::IAM::Role", `RoleName: r, ${lambdaTrust}`, "", "R");
const runsOn = (given: string, more = ""): string =>
  lambda(
    "Function",
    `FunctionName: f, Code: src/, Handler: app.handler, Runtime: nodejs24.x, Role: ${given}`,
    "Fn",
    more,
  );
const version = lambda("Version", "FunctionName: !Ref Fn", "V");
const aliasOf = (given: string, more = ""): string =>
  lambda("Alias", `Name: live, FunctionName: !Ref Fn, FunctionVersion: ${given}`, "A", more);
const stack = [lambdaRole, runsOn("!GetAtt R.Arn"), version, aliasOf("!GetAtt V.Version")];
const url = (properties: string, more = ""): string =>
  lambda("Url", `AuthType: AWS_IAM, ${properties}`, "U", more);
const permission = (properties: string, more = ""): string =>
  lambda("Permission", `Action: lambda:InvokeFunction, ${properties}`, "P", more);
const trusting = (principal: string, more = ""): string =>
  resource(
    "AWS::IAM::Role",
    `RoleName: s, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: { AWS: ${principal} }, Action: sts:AssumeRole } }`,
    more,
    "S",
  );
const policy = (name: string, more = ""): string =>
  resource(
    "AWS::IAM::Policy",
    `PolicyName: p, Roles: [${name}], PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 's3:GetObject', Resource: '*' } }`,
    more,
    "Q",
  );

const arnText = (name: string): string => `!Sub 'arn:aws:iam::\${AWS::AccountId}:role/${name}'`;
const roleArn = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;
const late = (named: string, id: string): string =>
  `${named} may not be there yet: refer to ${id}, or name it in DependsOn`;
interface Row {
  readonly title: string;
  readonly named: (more: string) => readonly string[];
  readonly place: string;
  /** What is named, and the logical id of what it names. */
  readonly name: string;
  readonly id: string;
}

const rows: readonly Row[] = [
  {
    title: "a URL's alias",
    named: (more) => [...stack, url("TargetFunctionArn: !GetAtt Fn.Arn, Qualifier: live", more)],
    ...{ place: "U.Properties.TargetFunctionArn", name: "f:live", id: "A" },
  },
  {
    title: "a URL's function",
    named: (more) => [...stack, url("TargetFunctionArn: f", more)],
    ...{ place: "U.Properties.TargetFunctionArn", name: "f", id: "Fn" },
  },
  {
    title: "a permission's alias",
    named: (more) => [...stack, permission("FunctionName: 'f:live', Principal: '*'", more)],
    ...{ place: "P.Properties.FunctionName", name: "f:live", id: "A" },
  },
  {
    title: "a permission's principal",
    named: (more) => [
      ...[...stack, trusting("'*'")],
      permission(`FunctionName: !Ref A, Principal: ${arnText("s")}`, more),
    ],
    ...{ place: "P.Properties.Principal", name: roleArn("s"), id: "S" },
  },
  {
    title: "an alias's version",
    named: (more) => [...stack.slice(0, 3), aliasOf("'1'", more)],
    ...{ place: "A.Properties.FunctionVersion", name: "version 1", id: "V" },
  },
  {
    title: "a function's role",
    named: (more) => [lambdaRole, runsOn(arnText("r"), more)],
    ...{ place: "Fn.Properties.Role", name: roleArn("r"), id: "R" },
  },
  {
    title: "the role that a role trusts",
    named: (more) => [lambdaRole, trusting(arnText("r"), more)],
    ...{ place: "S.Properties.AssumeRolePolicyDocument", name: roleArn("r"), id: "R" },
  },
  {
    title: "a policy's role",
    named: (more) => [lambdaRole, policy("r", more)],
    ...{ place: "Q.Properties.Roles", name: "r", id: "R" },
  },
];

test.each(rows)("$title, named by its text alone, is refused, but for DependsOn", async (row) => {
  const { named, place, name, id } = row;
  expect(await folder.faultsOf(template(...named("")))).toEqual([`Resources.${place}: ${late(name, id)}`]);
  expect(await folder.faultsOf(template(...named(`, DependsOn: ${id}`)))).toEqual([]);
});

test("a reference is enough, by way of another resource too", async () => {
  const texts = [
    url("TargetFunctionArn: !Ref A"),
    permission("FunctionName: 'f:live', Principal: !GetAtt S.Arn", ", DependsOn: U"),
    trusting("!GetAtt R.Arn"),
    policy("r", ", DependsOn: A"),
  ];
  expect(await folder.faultsOf(template(...stack, ...texts))).toEqual([]);
});

test("a reference in the branch that a condition leaves out is none", async () => {
  const conditions = "Conditions: { Never: !Equals [a, b] }\n";
  const named = (branches: string): string =>
    conditions + template(...stack, url(`TargetFunctionArn: !If [Never, ${branches}], Qualifier: live`));
  expect(await folder.faultsOf(named("!Ref A, !GetAtt Fn.Arn"))).toEqual([
    `Resources.U.Properties.TargetFunctionArn: ${late("f:live", "A")}`,
  ]);
  expect(await folder.faultsOf(named("!GetAtt Fn.Arn, !Ref A"))).toEqual([]);
});

test("what SAM makes of a function waits for its own role, version and alias", async () => {
  const made = fn("AutoPublishAlias: live, FunctionUrlConfig: { AuthType: NONE }");
  expect(await folder.faultsOf(samTemplate(made))).toEqual([]);
});

test("a SAM function is held to its Role, and what stands beside it to SAM's alias", async () => {
  const text = (more: string): string =>
    samTemplate(
      lambdaRole,
      fn(`FunctionName: f, AutoPublishAlias: live, Role: ${arnText("r")}`, ", DependsOn: R"),
      permission("FunctionName: !Sub '${Fn}:live', Principal: '*'", more),
    );
  expect(await folder.faultsOf(text(""))).toEqual([
    `Resources.P.Properties.FunctionName: ${late("f:live", "FnAliaslive")}`,
  ]);
  expect(await folder.faultsOf(text(", DependsOn: FnAliaslive"))).toEqual([]);
});

test("a role cannot trust itself while it is made", async () => {
  expect(await folder.faultsOf(template(trusting(arnText("s"))))).toEqual([
    `Resources.S.Properties.AssumeRolePolicyDocument: ${roleArn("s")} is the role itself, which is not there yet`,
  ]);
});

test.each([
  ["arn:aws:iam::123456789012:role/my-calller", 1],
  ["arn:aws:iam::123456789012:user/alice", 1],
  ["arn:aws:iam::210987654321:role/theirs", 0],
  ["arn:aws:iam::123456789012:root", 0],
  ["'*'", 0],
])("%s as a principal that is in no template: %d notices", async (principal, count) => {
  const { notices } = await folder.load(template(role("RoleName: r"), trusting(principal)));
  const told = notices.filter((notice) => notice.includes("AWS refuses a principal that does not exist"));
  expect(told).toEqual(
    count === 0 ? [] : [expect.stringMatching(`^Resources.S: ${principal} is not of this`)],
  );
});

test("a principal of a permission that is in no template is a notice at its place", async () => {
  const missing = "arn:aws:iam::123456789012:role/my-calller";
  const { notices } = await folder.load(
    template(...stack, permission(`FunctionName: !Ref A, Principal: ${missing}`)),
  );
  expect(notices).toContain(
    `Resources.P.Properties.Principal: ${missing} is not of this template, and AWS refuses a principal that does not exist`,
  );
});
