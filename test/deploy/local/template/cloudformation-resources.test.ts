// Lambda's and IAM's own resource types: what each becomes, and where its faults are told.
import {
  firstFunction,
  fn,
  lambdaTrust,
  policyDocument,
  resource,
  role,
  samTemplate,
  template,
  templateFolder,
} from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const account = "123456789012";
const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:f`;
const lambdaRole = resource("AWS::IAM::Role", `RoleName: r, ${lambdaTrust}`, "", "R");
const plain = (properties = ""): string =>
  resource(
    "AWS::Lambda::Function",
    `FunctionName: f, Code: src/, Handler: app.handler, Runtime: nodejs22.x, Role: !GetAtt R.Arn, ${properties}`,
    "",
    "Fn",
  );
const lambda = (type: string, properties: string, id: string): string =>
  resource(`AWS::Lambda::${type}`, properties, "", id);
const version = lambda("Version", "FunctionName: !Ref Fn", "V");
const alias = lambda("Alias", "Name: live, FunctionName: !Ref Fn, FunctionVersion: !GetAtt V.Version", "A");
const url = (properties: string, more = ""): string => resource("AWS::Lambda::Url", properties, more, "U");

test("function, version, alias and URL of plain CloudFormation make one function", async () => {
  const text = template(
    lambdaRole,
    plain(),
    version,
    alias,
    url("TargetFunctionArn: !Ref A, AuthType: AWS_IAM"),
  );
  expect(firstFunction(await folder.load(text))).toMatchObject({
    ...{ logicalId: "Fn", name: "f", arn: functionArn, alias: "live", codeFolder: `${folder.path}/src` },
    executionRoleArn: `arn:aws:iam::${account}:role/r`,
    url: { qualifier: "live", authType: "AWS_IAM" },
  });
});

test.each([
  ["name and Qualifier", "TargetFunctionArn: f, Qualifier: live"],
  ["ARN and Qualifier", "TargetFunctionArn: !GetAtt Fn.Arn, Qualifier: live"],
  ["qualified ARN", "TargetFunctionArn: !Sub '${Fn.Arn}:live'"],
])("a URL names its alias by %s", async (_title, properties) => {
  const named = url(`${properties}, AuthType: AWS_IAM`, ", DependsOn: A");
  const text = template(lambdaRole, plain(), version, alias, named);
  expect(firstFunction(await folder.load(text)).url?.qualifier).toBe("live");
});

const urlAt = "Resources.U.Properties";

test.each([
  ["TargetFunctionArn: other", `${urlAt}.TargetFunctionArn: other is not a function of this template`],
  ["TargetFunctionArn: f, Qualifier: beta", `${urlAt}.TargetFunctionArn: f has no alias beta`],
  ["TargetFunctionArn: 'f:live', Qualifier: beta", `${urlAt}.Qualifier: beta is not the qualifier`],
  ["TargetFunctionArn: f, Qualifier: '1'", `${urlAt}.Qualifier: "1" does not match`],
  ["TargetFunctionArn: !Ref V", `${urlAt}.TargetFunctionArn: a URL hangs on`],
  [
    `TargetFunctionArn: 'arn:aws:lambda:us-east-1:${account}:function:f'`,
    `${urlAt}.TargetFunctionArn: arn:aws:lambda:us-east-1:${account}:function:f names no function`,
  ],
  ["", `${urlAt}.TargetFunctionArn: is missing`],
])("refuses the URL %s", async (properties, fault) => {
  const text = template(lambdaRole, plain(), version, alias, url(`AuthType: AWS_IAM, ${properties}`));
  expect((await folder.faultsOf(text)).join("\n")).toContain(fault);
});

test.each([
  [
    "a second URL",
    [url("AuthType: NONE, TargetFunctionArn: f"), lambda("Url", "AuthType: NONE, TargetFunctionArn: f", "W")],
    "Resources.W.Properties.TargetFunctionArn: a second URL of f",
  ],
  [
    "a second alias",
    [version, alias, lambda("Alias", "Name: beta, FunctionName: f, FunctionVersion: '1'", "B")],
    "Resources.B.Properties.Name: a second alias of f",
  ],
  [
    "a second version",
    [version, lambda("Version", "FunctionName: f", "W")],
    "Resources.W.Properties.FunctionName: a second version of f",
  ],
  [
    "an alias of a version that there is not",
    [lambda("Alias", "Name: live, FunctionName: f, FunctionVersion: '1'", "B")],
    "Resources.B.Properties.FunctionVersion: 1 is not a version",
  ],
  [
    "an alias of two versions",
    [
      version,
      lambda(
        "Alias",
        "Name: live, FunctionName: f, FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '2', FunctionWeight: 0.1 }] }",
        "B",
      ),
    ],
    "Resources.B.Properties.RoutingConfig.AdditionalVersionWeights: names a second version",
  ],
  [
    "an alias of an alias",
    [version, alias, lambda("Alias", "Name: b, FunctionName: !Ref A, FunctionVersion: '1'", "B")],
    "Resources.B.Properties.FunctionName: live is a qualifier",
  ],
  [
    "code in S3",
    [
      lambda(
        "Function",
        "Code: { S3Bucket: b, S3Key: k }, Handler: a.b, Runtime: nodejs24.x, Role: !GetAtt R.Arn",
        "G",
      ),
    ],
    "Resources.G.Properties.Code: S3Bucket, S3Key is not supported",
  ],
  [
    "a zip",
    [lambda("Function", "Code: a.zip, Handler: a.b, Runtime: nodejs24.x, Role: !GetAtt R.Arn", "G")],
    "Resources.G.Properties.Code: ",
  ],
  [
    "no role",
    [lambda("Function", "Code: a, Handler: a.b, Runtime: nodejs24.x", "G")],
    "Resources.G.Properties.Role: is missing",
  ],
  ["a layer in S3", [lambda("LayerVersion", "Content: 's3://b/k'", "L")], "Resources.L.Properties.Content: "],
])("refuses %s", async (_title, resources, fault) => {
  expect((await folder.faultsOf(template(lambdaRole, plain(), ...resources))).join("\n")).toContain(fault);
});

const permission = (properties: string): string =>
  resource("AWS::Lambda::Permission", properties, ", DependsOn: Fn", "P");
const allowed = "FunctionName: !Ref Fn, Action: lambda:InvokeFunction";

test.each([
  ["Principal: '*'", { aws: ["*"], service: [], federated: [] }],
  ["Principal: '210987654321'", { aws: ["arn:aws:iam::210987654321:root"], service: [], federated: [] }],
  ["Principal: 210987654321", { aws: ["arn:aws:iam::210987654321:root"], service: [], federated: [] }],
  ["Principal: !GetAtt R.Arn", { aws: [`arn:aws:iam::${account}:role/r`], service: [], federated: [] }],
  [
    `Principal: arn:aws:sts::${account}:assumed-role/r/alice`,
    { aws: [`arn:aws:sts::${account}:assumed-role/r/alice`], service: [], federated: [] },
  ],
  ["Principal: events.amazonaws.com", { aws: [], service: ["events.amazonaws.com"], federated: [] }],
])("a permission for %s", async (principal, principals) => {
  const text = template(lambdaRole, plain(), permission(`${allowed}, ${principal}`));
  expect(firstFunction(await folder.load(text)).permissions).toEqual([
    {
      document: {
        statements: [
          {
            ...{ sid: "P", effect: "Allow", principals, conditions: [] },
            ...{ actions: ["lambda:InvokeFunction"], resources: [functionArn] },
          },
        ],
      },
    },
  ]);
});

test("each limit of a permission is a condition, and the qualifier decides which policy it is in", async () => {
  const limits =
    "SourceArn: 'arn:aws:s3:::b', SourceAccount: '123456789012', PrincipalOrgID: o-abcdefghij, EventSourceToken: t, InvokedViaFunctionUrl: true";
  const text = template(
    ...[lambdaRole, plain(), version, alias],
    permission(`FunctionName: !Ref A, Action: lambda:InvokeFunction, Principal: '*', ${limits}`),
    lambda(
      "Permission",
      "FunctionName: !Ref Fn, Action: lambda:InvokeFunctionUrl, Principal: '*', FunctionUrlAuthType: NONE",
      "Q",
    ),
  );
  const { permissions = [] } = firstFunction(await folder.load(text));
  expect(
    permissions.map(({ qualifier, document }) => [qualifier, document.statements[0]?.resources]),
  ).toEqual([
    ["live", [`${functionArn}:live`]],
    [undefined, [functionArn]],
  ]);
  expect(permissions[0]?.document.statements[0]?.conditions.map((one) => Object.values(one).flat())).toEqual([
    ["ArnLike", "aws:SourceArn", "arn:aws:s3:::b"],
    ["StringEquals", "aws:SourceAccount", account],
    ["StringEquals", "aws:PrincipalOrgID", "o-abcdefghij"],
    ["StringEquals", "lambda:EventSourceToken", "t"],
    ["Bool", "lambda:InvokedViaFunctionUrl", "true"],
  ]);
});

const permissionAt = "Resources.P.Properties";

test.each([
  ["FunctionName: f, Action: lambda:InvokeFunktion, Principal: '*'", "Action"],
  ["FunctionName: f, Action: s3:GetObject, Principal: '*'", "Action"],
  ["FunctionName: f, Action: lambda:InvokeFunction, Principal: nobody", "Principal"],
  [`FunctionName: f, Action: lambda:InvokeFunction, Principal: arn:aws:iam::${account}:group/g`, "Principal"],
  [
    `FunctionName: f, Action: lambda:InvokeFunction, Principal: arn:aws:iam::${account}:assumed-role/r/s`,
    "Principal",
  ],
  [`FunctionName: f, Action: lambda:InvokeFunction, Principal: arn:aws:sts::${account}:role/r`, "Principal"],
  [
    "FunctionName: f, Action: lambda:InvokeFunction, Principal: '*', FunctionUrlAuthType: NONE",
    "FunctionUrlAuthType",
  ],
  [
    "FunctionName: f, Action: lambda:InvokeFunctionUrl, Principal: '*', InvokedViaFunctionUrl: true",
    "InvokedViaFunctionUrl",
  ],
  ["FunctionName: f, Action: lambda:InvokeFunctionUrl, Principal: '*'", "FunctionUrlAuthType"],
  [
    "FunctionName: f, Action: lambda:InvokeFunction, Principal: '*', InvokedViaFunctionUrl: false",
    "InvokedViaFunctionUrl",
  ],
  ["FunctionName: f, Action: lambda:InvokeFunction, Principal: '*', SourceAccount: '1'", "SourceAccount"],
  ["FunctionName: f, Action: lambda:InvokeFunction, Principal: '*', SourceArn: b", "SourceArn"],
  ["FunctionName: f, Action: lambda:InvokeFunction, Principal: '*', PrincipalOrgId: o-1", "PrincipalOrgId"],
  ["FunctionName: 'f:live', Action: lambda:InvokeFunction, Principal: '*'", "FunctionName"],
  ["FunctionName: 'f:$LATEST', Action: lambda:InvokeFunction, Principal: '*'", "FunctionName"],
  ["FunctionName: g, Action: lambda:InvokeFunction, Principal: '*'", "FunctionName"],
])("refuses the permission %s", async (properties, property) => {
  const faults = await folder.faultsOf(template(lambdaRole, plain(), permission(properties)));
  expect(faults.some((fault) => fault.startsWith(`${permissionAt}.${property}: `))).toBe(true);
});

test("managed policies, boundary and tags of a role are read, and policies attached from elsewhere", async () => {
  const managed = resource(
    "AWS::IAM::ManagedPolicy",
    `ManagedPolicyName: m, Path: /p/, PolicyDocument: ${policyDocument("s3:PutObject")}, Roles: [!Ref X]`,
    "",
    "M",
  );
  const bound = resource(
    "AWS::IAM::ManagedPolicy",
    `ManagedPolicyName: b, PolicyDocument: ${policyDocument("s3:*")}`,
    "",
    "B",
  );
  const inline = resource(
    "AWS::IAM::RolePolicy",
    `PolicyName: i, RoleName: !Ref X, PolicyDocument: ${policyDocument()}`,
    "",
    "I",
  );
  const lambdaBasic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  const own = role(
    `RoleName: r, ManagedPolicyArns: ['${lambdaBasic}'], PermissionsBoundary: !Ref B, Tags: [{ Key: team, Value: 7 }]`,
  );
  const loaded = await folder.load(template(own, managed, bound, inline));
  expect(loaded.roles).toEqual([expect.objectContaining({ tags: { team: "7" }, place: "Resources.X" })]);
  const [read] = loaded.roles;
  expect(read?.boundary?.statements.map(({ actions }) => actions)).toEqual([["s3:*"]]);
  expect(read?.policies.map(({ name, document }) => [name, document.statements[0]?.actions])).toEqual([
    ["i", ["s3:GetObject"]],
    [`arn:aws:iam::${account}:policy/p/m`, ["s3:PutObject"]],
    [lambdaBasic, ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]],
  ]);
  expect(loaded.managedPolicies.slice(0, 2).map(({ arn }) => arn)).toEqual([
    `arn:aws:iam::${account}:policy/p/m`,
    `arn:aws:iam::${account}:policy/b`,
  ]);
});

test("an OIDC provider is read, its ARN made of its URL", async () => {
  const provider =
    "Url: https://idp.example/a, ClientIdList: [sts.amazonaws.com], ThumbprintList: ['0123456789abcdef0123456789abcdef01234567']";
  const loaded = await folder.load(
    `Outputs: { A: { Value: !GetAtt O.Arn }, B: { Value: !Ref O } }\n${template(resource("AWS::IAM::OIDCProvider", provider, "", "O"))}`,
  );
  expect(loaded.oidcProviders).toEqual([
    {
      arn: `arn:aws:iam::${account}:oidc-provider/idp.example/a`,
      ...{ url: "https://idp.example/a", clientIds: ["sts.amazonaws.com"] },
    },
  ]);
});

test("an issuer on this machine may be an OIDC provider without TLS", async () => {
  const provider = "Url: 'http://127.0.0.1:4000/a', ClientIdList: [app]";
  const trust = (claim: string): string =>
    `AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: { Federated: !Ref O }, Action: sts:AssumeRoleWithWebIdentity, Condition: { StringEquals: { '127.0.0.1:4000/a:${claim}': app } } } }`;
  const withClaim = (claim: string): string =>
    template(
      resource("AWS::IAM::OIDCProvider", provider, "", "O"),
      resource("AWS::IAM::Role", trust(claim), "", "R"),
    );
  expect((await folder.load(withClaim("aud"))).oidcProviders).toEqual([
    {
      arn: `arn:aws:iam::${account}:oidc-provider/127.0.0.1:4000/a`,
      ...{ url: "http://127.0.0.1:4000/a", clientIds: ["app"] },
    },
  ]);
  expect((await folder.faultsOf(withClaim("tenant"))).join()).toContain("no such condition key");
});

test("one issuer is one OIDC provider, whatever the case and the scheme", async () => {
  const [one, other] = ["http://localhost:4000", "https://LOCALHOST:4000"].map((url, at) =>
    resource("AWS::IAM::OIDCProvider", `Url: '${url}'`, "", `O${at}`),
  ) as [string, string];
  expect(await folder.faultsOf(template(one, other))).toEqual([
    `Resources: two OIDC providers have the ARN arn:aws:iam::${account}:oidc-provider/localhost:4000`,
  ]);
});

test("roles and managed policies have names of their own, whatever the case and the path", async () => {
  const roles = template(role("RoleName: Reader"), role("RoleName: reader, Path: /p/", "Z"));
  expect(await folder.faultsOf(roles)).toEqual(["Resources: two resources have the RoleName reader"]);
  const named = (name: string, id: string): string =>
    resource(
      "AWS::IAM::ManagedPolicy",
      `ManagedPolicyName: ${name}, PolicyDocument: ${policyDocument()}`,
      "",
      id,
    );
  const other = named("READ, Path: /p/", "Z");
  expect(await folder.faultsOf(template(named("read", "X"), other))).toEqual([
    "Resources: two resources have the ManagedPolicyName read",
  ]);
  expect(await folder.faultsOf(template(named("read", "X"), named("write", "Z")))).toEqual([]);
  const awsOwn = template(named("AWSLambdaRole", "X"));
  expect(await folder.faultsOf(awsOwn)).toEqual([]);
});

const long = (length: number): string =>
  `{ Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::${"b".repeat(length)}' }] }`;

test.each([
  ["AWS::IAM::OIDCProvider", "Url: http://idp.example", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: 'http://127.0.0.1.example'", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: 'http://user@127.0.0.1'", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: 'http://127.0.0.1:65536'", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: 'https://idp.example:65536'", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: 'https://idp.example?a=b'", "Url: "],
  ["AWS::IAM::OIDCProvider", "Url: https://idp.example, ThumbprintList: [abc]", "ThumbprintList: "],
  ["AWS::IAM::OIDCProvider", "Url: https://idp.example, ClientIds: [abc]", "ClientIds: is not supported"],
  [
    "AWS::IAM::ManagedPolicy",
    `PolicyDocument: ${policyDocument("s3:GetObjekt")}`,
    "PolicyDocument.Statement[0].Action: ",
  ],
  ["AWS::IAM::ManagedPolicy", `PolicyDocument: ${policyDocument()}, Users: [u]`, "Users: is not supported"],
  ["AWS::IAM::ManagedPolicy", `PolicyDocument: ${policyDocument()}, Roles: [u]`, "Roles: u is not a role"],
  ["AWS::IAM::ManagedPolicy", `PolicyDocument: ${long(6200)}`, "PolicyDocument: has "],
  [
    "AWS::IAM::Role",
    `${lambdaTrust}, Policies: [{ PolicyName: p, PolicyDocument: ${long(10_200)} }]`,
    "Policies: have ",
  ],
  ["AWS::IAM::Role", `${lambdaTrust}, RoleName: ${"r".repeat(65)}`, "RoleName: "],
  ["AWS::IAM::Role", `${lambdaTrust}, Description: Reads – and writes`, "Description: "],
  [
    "AWS::IAM::Role",
    `${lambdaTrust}, Policies: [{ PolicyName: p, PolicyDocument: ${policyDocument("s3:GetObject", ", Condition: { StringEquals: { 'aws:PrincipalTag/team': équipe–1 } }")} }]`,
    "Policies[0].PolicyDocument: has –, and IAM takes no character beyond U+00FF",
  ],
  ["AWS::IAM::Role", `${lambdaTrust}, ManagedPolicyArns: [x, x]`, "ManagedPolicyArns: names a policy twice"],
  ["AWS::IAM::Role", `${lambdaTrust}, Tags: [{ Key: 'aws:x', Value: y }]`, "Tags[0].Key: "],
  [
    "AWS::IAM::Role",
    lambdaTrust.replace("sts:AssumeRole", "sts:AssumeRol"),
    "AssumeRolePolicyDocument.Statement[0].Action: ",
  ],
])("refuses %s with %s", async (type, properties, fault) => {
  const faults = await folder.faultsOf(template(resource(type, properties)));
  expect(faults.join("\n")).toContain(`Resources.X.Properties.${fault}`);
});

test("space within a policy's texts counts", async () => {
  const spaced = (words: number): string =>
    role(
      `Policies: [{ PolicyName: p, PolicyDocument: ${long(0).replace(":::", `:::${"b ".repeat(words)}`)} }]`,
    );
  expect(await folder.faultsOf(template(spaced(5050)))).toEqual([]);
  expect((await folder.faultsOf(template(spaced(5100)))).join()).toContain("Policies: have ");
});

test("a logical id is not also a parameter's", async () => {
  const text = `Parameters: { Fn: { Type: String, Default: x } }\n${samTemplate(fn())}`;
  expect(await folder.faultsOf(text)).toContain("Resources.Fn: is the name of a parameter as well");
});

test("JSON is read as YAML is", async () => {
  const text = JSON.stringify(
    {
      Parameters: { Stage: { Type: "String", Default: "no" } },
      Resources: {
        R: {
          Type: "AWS::IAM::Role",
          Properties: {
            RoleName: "r",
            AssumeRolePolicyDocument: {
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
              ],
            },
          },
        },
        Fn: {
          Type: "AWS::Lambda::Function",
          Properties: {
            Code: { ZipFile: "exports.h = 1" },
            Handler: "index.h",
            Runtime: "nodejs24.x",
            Role: { "Fn::GetAtt": ["R", "Arn"] },
            FunctionName: { "Fn::Sub": "f-${Stage}" },
          },
        },
      },
    },
    undefined,
    "\t",
  );
  expect(firstFunction(await folder.load(text)).name).toBe("f-no");
});

test.each([
  ["!GetAtt V.Version, RoutingConfig: { AdditionalVersionWeights: [] }", undefined],
  ["$LATEST", "$LATEST"],
])("an alias with FunctionVersion %s points there", async (rest, aliasVersion) => {
  const alias = lambda("Alias", `Name: live, FunctionName: !Ref Fn, FunctionVersion: ${rest}`, "B");
  const { functions } = await folder.load(template(lambdaRole, plain(), version, alias));
  expect(functions[0]?.alias).toBe("live");
  expect(functions[0]?.aliasVersion).toBe(aliasVersion);
});
