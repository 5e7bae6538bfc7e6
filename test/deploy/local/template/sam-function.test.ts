// What SAM makes of a function beside the function itself: role, alias, URL, permissions.
import {
  firstFunction,
  fn,
  resource,
  role,
  roleNamed,
  sam,
  samTemplate,
  templateFolder,
} from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const managed = "arn:aws:iam::aws:policy/";
const basic = `${managed}service-role/AWSLambdaBasicExecutionRole`;
const at = "Resources.Fn.Properties";

async function policiesOf(properties: string, ...more: string[]): Promise<unknown[]> {
  const { policies } = roleNamed(await folder.load(samTemplate(fn(properties), ...more)), /-FnRole-/);
  const byKind = [...policies].sort(
    (a, b) => Number(b.name.startsWith("arn:")) - Number(a.name.startsWith("arn:")),
  );
  return byKind.map(({ name, document }) =>
    name.startsWith("arn:")
      ? name
      : [name, ...document.statements.flatMap(({ actions, resources }) => [actions, resources])],
  );
}

test("a function without Role gets one that Lambda may assume, with the right to log", async () => {
  const template = await folder.load(samTemplate(fn("Tags: { team: red }")));
  const made = roleNamed(template, /^s-FnRole-[A-Z0-9]{12}$/);
  expect(firstFunction(template).executionRoleArn).toBe(made.arn);
  expect(made.trustPolicy.statements).toEqual([
    expect.objectContaining({ effect: "Allow", actions: ["sts:AssumeRole"] }),
  ]);
  expect(made.trustPolicy.statements[0]?.principals?.service).toEqual(["lambda.amazonaws.com"]);
  expect(made.tags).toEqual({ team: "red", "lambda:createdBy": "SAM" });
  expect(made.place).toBe("Resources.Fn");
  expect(await policiesOf("")).toEqual([basic]);
  const untagged = await folder.load(samTemplate(fn()));
  expect(roleNamed(untagged, /-FnRole-/).tags).toEqual({ "lambda:createdBy": "SAM" });
});

const sqs = "arn:aws:sqs:eu-west-1:123456789012:q";
const queue = resource("AWS::SQS::Queue", "QueueName: q", "", "Q");

test.each([
  ["Tracing: Active", [basic, `${managed}AWSXrayWriteOnlyAccess`]],
  ["Tracing: Disabled", [basic]],
  [
    "VpcConfig: { SubnetIds: [a], SecurityGroupIds: [b] }",
    [basic, `${managed}service-role/AWSLambdaVPCAccessExecutionRole`],
  ],
  ["Policies: AWSLambdaRole", [basic, `${managed}service-role/AWSLambdaRole`]],
  ["Policies: AWSLambdaBasicExecutionRole", [basic]],
  [`Policies: ['${managed}AWSXRayDaemonWriteAccess']`, [basic, `${managed}AWSXRayDaemonWriteAccess`]],
  [
    "Policies: [AWSLambdaExecute, { Statement: [{ Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Q.Arn }] }]",
    [basic, `${managed}AWSLambdaExecute`, ["FnRolePolicy1", ["sqs:SendMessage"], [sqs]]],
  ],
  [
    "DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Q.Arn }",
    [basic, ["DeadLetterQueuePolicy", ["sqs:SendMessage"], [sqs]]],
  ],
  ["Policies: [!Ref AWS::NoValue]", [basic]],
  ["Policies: []", [basic]],
  [
    "Policies: [{ LambdaInvokePolicy: { FunctionName: other } }]",
    [
      basic,
      ["FnRolePolicy0", ["lambda:InvokeFunction"], ["arn:aws:lambda:eu-west-1:123456789012:function:other*"]],
    ],
  ],
  [
    "Policies: { SQSSendMessagePolicy: { QueueName: !GetAtt Q.QueueName } }",
    [basic, ["FnRolePolicy0", ["sqs:SendMessage*"], [sqs]]],
  ],
  [
    "Policies: [{ SSMParameterReadPolicy: { ParameterName: a/b } }]",
    [
      basic,
      [
        "FnRolePolicy0",
        ["ssm:DescribeParameters"],
        ["*"],
        ["ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"],
        ["arn:aws:ssm:eu-west-1:123456789012:parameter/a/b"],
      ],
    ],
  ],
])("%s gives the role its policies", async (properties, policies) => {
  expect(await policiesOf(properties, queue)).toEqual(policies);
});

// Names, parameters and how many actions each grants, as AWS publishes them.
test.each([
  ["LambdaInvokePolicy", "FunctionName", 1],
  ["DynamoDBCrudPolicy", "TableName", 10],
  ["DynamoDBReadPolicy", "TableName", 5],
  ["DynamoDBWritePolicy", "TableName", 3],
  ["S3ReadPolicy", "BucketName", 5],
  ["S3WritePolicy", "BucketName", 3],
  ["S3CrudPolicy", "BucketName", 9],
  ["SQSPollerPolicy", "QueueName", 4],
  ["SQSSendMessagePolicy", "QueueName", 1],
  ["SNSPublishMessagePolicy", "TopicName", 1],
  ["AWSSecretsManagerGetSecretValuePolicy", "SecretArn", 1],
  ["SSMParameterReadPolicy", "ParameterName", 4],
  ["StepFunctionsExecutionPolicy", "StateMachineName", 1],
  ["EventBridgePutEventsPolicy", "EventBusName", 1],
  ["KMSDecryptPolicy", "KeyId", 1],
  ["KMSEncryptPolicy", "KeyId", 1],
  ["CloudWatchPutMetricPolicy", undefined, 1],
  ["VPCAccessPolicy", undefined, 4],
])("SAM's %s is known to IAM and takes %s", async (name, parameter, count) => {
  const value = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x";
  const policy = (given: string): string => fn(`Policies: [{ ${name}: { ${given} } }]`);
  const template = await folder.load(
    samTemplate(policy(parameter === undefined ? "" : `${parameter}: '${value}'`)),
  );
  const { policies } = roleNamed(template, /-FnRole-/);
  const statements = policies.find((one) => one.name === "FnRolePolicy0")?.document.statements ?? [];
  expect(statements.flatMap(({ actions }) => actions)).toHaveLength(count);
  const bounded = statements.flatMap(({ resources }) => resources).filter((one) => one !== "*");
  expect(bounded.every((one) => one.includes(value))).toBe(true);
  expect(await folder.faultsOf(samTemplate(policy("Nmae: x")))).toContain(
    `${at}.Policies[0].${name}.Nmae: is not supported by the local twin`,
  );
});

test.each([
  ["Policies: [SomePolicy]", `${at}.Policies[0]: the managed policy SomePolicy is not supported`],
  ["Policies: [LambdaRole]", `${at}.Policies[0]: the managed policy LambdaRole is not supported`],
  [
    "AutoPublishAlias: a1, DeploymentPreference: { Alarms: [!Ref Nothing] }",
    `${at}.DeploymentPreference.Alarms[0]: Ref "Nothing" names nothing`,
  ],
  ["Policies: [{ S3Policy: { BucketName: b } }]", `${at}.Policies[0]: the policy template S3Policy is not`],
  ["Policies: [{ S3ReadPolicy: {} }]", `${at}.Policies[0].S3ReadPolicy.BucketName: is missing`],
  [
    "Policies: [{ S3ReadPolicy: { BucketName: b }, SQSPollerPolicy: {} }]",
    `${at}.Policies[0]: takes one policy template at a time`,
  ],
  [
    "Policies: [{ Version: '2012-10-17', Statement: [{ Effect: Allow, Action: s3:GetObjekt, Resource: '*' }] }]",
    `${at}.Policies[0].Statement[0].Action: `,
  ],
  [
    "Policies: [{ Version: '2012-10-17', Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: { StringEquals: { 'lambda:FunctionUrlAuthTipe': x } } }] }]",
    `${at}.Policies[0].Statement[0].Condition`,
  ],
  [
    "Policies: [{ Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::b/${!aws:userid}' }] }]",
    `${at}.Policies[0].Version`,
  ],
  ["Tracing: On1", `${at}.Tracing: "On1" is none of`],
  ["Tracing: On1, Role: !GetAtt X.Arn", `${at}.Tracing: "On1" is none of`],
  ["DeadLetterQueue: { Type: Kafka, TargetArn: a }", `${at}.DeadLetterQueue.Type: "Kafka" is not`],
  ["DeadLetterQueue: { Type: SQS }", `${at}.DeadLetterQueue.TargetArn: is missing`],
  ["PermissionsBoundary: arn:x", `${at}.PermissionsBoundary: the managed policy arn:x is not`],
  ["RolePath: here", `${at}.RolePath: "here" does not match`],
  [
    "Role: arn:aws:iam::123456789012:role/elsewhere",
    `${at}.Role: arn:aws:iam::123456789012:role/elsewhere is not`,
  ],
  ["Role: !GetAtt X.Arn", "does not trust lambda.amazonaws.com"],
])("refuses %s", async (properties, fault) => {
  expect((await folder.faultsOf(samTemplate(fn(properties), role()))).join("\n")).toContain(fault);
});

test("with Role, or an If that gives one, SAM makes none", async () => {
  const lambda = `R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole } } } }`;
  const load = (given: string) =>
    folder.load(
      samTemplate(fn(`Role: ${given}`), lambda).replace(sam, `${sam}Conditions: { A: !Equals [a, a] }\n`),
    );
  for (const given of ["!GetAtt R.Arn", "!If [A, !GetAtt R.Arn, !Ref AWS::NoValue]"]) {
    expect((await load(given)).roles.map(({ name }) => name)).toEqual(["r"]);
  }
  expect((await load("!If [A, !Ref AWS::NoValue, !GetAtt R.Arn]")).roles).toHaveLength(2);
});

test("AuthType NONE brings SAM's two public permissions, on the alias when there is one", async () => {
  const load = async (more: string) =>
    firstFunction(
      await folder.load(samTemplate(fn(`FunctionName: f, ${more} FunctionUrlConfig: { AuthType: NONE }`))),
    );
  const everybody = { aws: ["*"], service: [], federated: [] };
  const expected = (arn: string) => [
    {
      ...{ sid: "FnUrlPublicPermissions", effect: "Allow", principals: everybody, resources: [arn] },
      actions: ["lambda:InvokeFunctionUrl"],
      conditions: [{ operator: "StringEquals", key: "lambda:FunctionUrlAuthType", values: ["NONE"] }],
    },
    {
      ...{ sid: "FnURLInvokeAllowPublicAccess", effect: "Allow", principals: everybody, resources: [arn] },
      actions: ["lambda:InvokeFunction"],
      conditions: [{ operator: "Bool", key: "lambda:InvokedViaFunctionUrl", values: ["true"] }],
    },
  ];
  const arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
  expect((await load("")).permissions).toEqual([{ document: { statements: expected(arn) } }]);
  expect((await load("AutoPublishAlias: live,")).permissions).toEqual([
    { qualifier: "live", document: { statements: expected(`${arn}:live`) } },
  ]);
});

test("SAM does not look behind an AuthType that is not written out, and adds no permission", async () => {
  const text = samTemplate(fn("FunctionUrlConfig: { AuthType: !Ref Auth }"));
  const parameter = "Parameters: { Auth: { Type: String, Default: NONE } }\n";
  const definition = firstFunction(await folder.load(parameter + text));
  expect(definition.url?.authType).toBe("NONE");
  expect(definition).not.toHaveProperty("permissions");
});

const cors = (properties: string): string =>
  fn(`FunctionUrlConfig: { AuthType: AWS_IAM, Cors: { ${properties} } }`);

test("CORS of a URL is read", async () => {
  const all =
    "AllowCredentials: true, AllowHeaders: [content-type, '*'], AllowMethods: [GET, '*'], AllowOrigins: ['https://a.example', 'http://localhost:3000'], ExposeHeaders: [x-id], MaxAge: 86400";
  expect(firstFunction(await folder.load(samTemplate(cors(all)))).url?.cors).toEqual({
    allowCredentials: true,
    allowHeaders: ["content-type", "*"],
    allowMethods: ["GET", "*"],
    allowOrigins: ["https://a.example", "http://localhost:3000"],
    exposeHeaders: ["x-id"],
    maxAgeSeconds: 86_400,
  });
  expect(firstFunction(await folder.load(samTemplate(cors("AllowOrigins: ['*']")))).url?.cors).toMatchObject({
    ...{ allowCredentials: false, allowMethods: [], maxAgeSeconds: 0 },
  });
  // SAM leaves an empty one out.
  expect(firstFunction(await folder.load(samTemplate(cors("")))).url).not.toHaveProperty("cors");
});

const many = (count: number, one: (at: number) => string): string =>
  `[${Array.from({ length: count }, (_, at) => one(at)).join(", ")}]`;

test.each([
  [
    "AllowOrigins",
    many(100, (at) => `'https://${at}.example'`),
    many(101, (at) => `'https://${at}.example'`),
  ],
  ["AllowHeaders", many(100, (at) => `x-${at}`), many(101, (at) => `x-${at}`)],
  ["ExposeHeaders", many(100, (at) => `x-${at}`), many(101, (at) => `x-${at}`)],
  ["AllowMethods", "[GET, PUT, HEAD, POST, PATCH, DELETE]", "[GET, PUT, HEAD, POST, PATCH, DELETE, '*']"],
  ["AllowMethods", "[GET]", "[OPTIONS]"],
  ["AllowMethods", "[GET]", "[get]"],
  ["AllowMethods", "[GET]", "GET"],
  ["AllowOrigins", "['*']", "[a.example]"],
  ["AllowOrigins", "['*']", "[]"],
  ["MaxAge", "86400", "86401"],
  ["MaxAge", "0", "-1"],
  ["MaxAge", "300", "'300'"],
  ["AllowCredentials", "true", "'true'"],
])("CORS takes %s %s and not %s", async (name, right, wrong) => {
  expect(await folder.faultsOf(samTemplate(cors(`${name}: ${right}`)))).toEqual([]);
  const faults = await folder.faultsOf(samTemplate(cors(`${name}: ${wrong}`)));
  expect(faults.join("\n")).toContain(`${at}.FunctionUrlConfig.Cors.${name}: `);
});

test.each([
  ["FunctionUrlConfig: { AuthType: None }", `${at}.FunctionUrlConfig.AuthType: "None" is not supported`],
  ["FunctionUrlConfig: !If [A, {}, {}]", `${at}.FunctionUrlConfig: must be an object`],
  ["FunctionUrlConfig: { AuthType: NONE, Crs: {} }", `${at}.FunctionUrlConfig.Crs: is not supported`],
  ["AutoPublishAlias: '1'", `${at}.AutoPublishAlias: "1" does not match`],
  ["AutoPublishAlias: [a]", `${at}.AutoPublishAlias: must be a string`],
  [
    "ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 }",
    `${at}.ProvisionedConcurrencyConfig: needs AutoPublishAlias`,
  ],
  ["DeploymentPreference: { Type: AllAtOnce }", `${at}.DeploymentPreference: needs AutoPublishAlias`],
  ["AutoPublishAlias: live, DeploymentPreference: { Tpye: x }", `${at}.DeploymentPreference.Tpye: is not`],
  ["Events: { E: { Type: Telegram } }", `${at}.Events.E.Type: event type Telegram is not supported`],
  ["Events: { E: { Type: Api, Propreties: {} } }", `${at}.Events.E.Propreties: is not`],
  ["Layers: ['arn:aws:lambda:eu-west-1:580247275435:layer:Insights:1']", `${at}.Layers[0]: arn:aws:lambda`],
  ["PackageType: Image", `${at}.Handler: must not stand in a function whose PackageType is Image`],
  ["ImageUri: x", `${at}.CodeUri: ImageUri is not supported`],
  ["FileSystemConfigs: []", `${at}.FileSystemConfigs: is not supported`],
  ["SnapStart: { ApplyOn: PublishedVersions }", `${at}.SnapStart.ApplyOn: "PublishedVersions" is not`],
  ["EphemeralStorage: { Size: 511 }", `${at}.EphemeralStorage.Size: 511 is not`],
  [
    "LoggingConfig: { ApplicationLogLevel: INFO }",
    `${at}.LoggingConfig.ApplicationLogLevel: needs LogFormat JSON`,
  ],
  [
    "LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: LOUD }",
    `${at}.LoggingConfig.ApplicationLogLevel: "LOUD"`,
  ],
  [
    "EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS } } }",
    `OnFailure.Destination: that is not given`,
  ],
])("refuses the function with %s", async (properties, fault) => {
  expect((await folder.faultsOf(samTemplate(fn(properties)))).join("\n")).toContain(fault);
});

test("log format and level, and the build's switches, are carried", async () => {
  const logging = "LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: WARN, SystemLogLevel: INFO }";
  const build =
    ", Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [a.ts], Minify: true, Sourcemap: false, External: ['@aws-sdk/*'] } }";
  expect(firstFunction(await folder.load(samTemplate(fn(logging, build))))).toMatchObject({
    ...{ logFormat: "JSON", logLevel: "WARN" },
    build: { minify: true, sourcemap: false, external: ["@aws-sdk/*"], format: "cjs", outExtension: ".js" },
  });
});

test("what is read and not served is told, each with its place", async () => {
  const { notices } = await folder.load(
    samTemplate(
      fn(
        `AutoPublishAlias: live, DeploymentPreference: { Type: AllAtOnce }, VpcConfig: { SubnetIds: [a] }, Tracing: Active,
         Events: { Get: { Type: HttpApi, Properties: { Path: /, Method: get } }, Q: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn } } }`,
      ),
      queue,
    ),
  );
  expect(notices).toEqual([
    `${at}.DeploymentPreference: is read and changes nothing here`,
    `${at}.Events.Get: HttpApi is not served here: the function's URL and Invoke are`,
    `${at}.VpcConfig: the function runs in no VPC here`,
    `${at}.Tracing: traces are not recorded here`,
  ]);
});

test("the API that SAM makes for events has a name for outputs", async () => {
  const text = samTemplate(fn("Events: { Get: { Type: Api, Properties: { Path: /, Method: get } } }"));
  const output =
    "Outputs: { Api: { Value: !Sub 'https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/' } }\n";
  expect(await folder.faultsOf(output + text)).toEqual([]);
  expect(await folder.faultsOf(output + samTemplate(fn()))).toEqual([
    "Outputs.Api.Value: ${ServerlessRestApi} in Fn::Sub names nothing that the local twin knows",
  ]);
});

test("Globals are merged as SAM does: maps merged, lists appended, the rest replaced", async () => {
  const layer = (id: string): string =>
    `${id}: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: ${id}/ } }`;
  const globals = `Globals: { Function: { Timeout: 9, Layers: [!Ref LayerA], Environment: { Variables: { AA: a } } } }\n`;
  const own = fn("Layers: [!Ref LayerB], Environment: { Variables: { BB: b } }");
  const other = fn("", ", IgnoreGlobals: '*'", "Other");
  const third = fn("", ", IgnoreGlobals: [Timeout]", "Third");
  const loaded = await folder.load(
    globals + samTemplate(own, other, third, layer("LayerA"), layer("LayerB")),
  );
  expect(
    loaded.functions.map(({ timeoutSeconds, environment, layers }) => [timeoutSeconds, environment, layers]),
  ).toEqual([
    [9, { AA: "a", BB: "b" }, [`${folder.path}/LayerA`, `${folder.path}/LayerB`]],
    [3, {}, undefined],
    [3, { AA: "a" }, [`${folder.path}/LayerA`]],
  ]);
});

test("inline code is the text of index.js", async () => {
  const inline = (handler: string): string =>
    resource(
      "AWS::Serverless::Function",
      `InlineCode: 'exports.handler = async () => 1', Handler: ${handler}, Runtime: nodejs24.x`,
    );
  const { inlineCode } = firstFunction(await folder.load(samTemplate(inline("index.handler"))));
  expect(inlineCode).toBe("exports.handler = async () => 1");
  expect(await folder.faultsOf(samTemplate(inline("app.handler")))).toEqual([
    "Resources.X.Properties.Handler: inline code is index.js: the handler is index.EXPORT, not app.handler",
  ]);
});

test.each([
  [
    "its own URL in its environment",
    fn(
      "FunctionUrlConfig: { AuthType: AWS_IAM }, Environment: { Variables: { URL: !GetAtt FnUrl.FunctionUrl } }",
    ),
    "Fn -> FnUrl -> Fn",
  ],
  [
    "its own ARN in its policies",
    fn("Policies: [{ LambdaInvokePolicy: { FunctionName: !Ref Fn } }]"),
    "Fn -> FnRole -> Fn",
  ],
  [
    "the API of its own events",
    fn("Events: { E: { Type: Api } }, Environment: { Variables: { API: !Ref ServerlessRestApi } }"),
    "Fn -> ServerlessRestApi -> Fn",
  ],
  [
    "the bucket whose events it gets",
    fn(
      "Events: { E: { Type: S3, Properties: { Bucket: !Ref B } } }, Policies: [{ S3ReadPolicy: { BucketName: !Ref B } }]",
    ) + "\n  B: { Type: AWS::S3::Bucket }",
    "Fn -> FnRole -> B -> Fn",
  ],
  [
    "what depends on it",
    fn("", ", DependsOn: Other") + `\n  ${fn("", ", DependsOn: Fn", "Other")}`,
    "Fn -> Other -> Fn",
  ],
])("a function that names %s is a circle", async (_title, resources, way) => {
  expect(await folder.faultsOf(samTemplate(resources))).toContain(`Resources: circular dependency: ${way}`);
});

test("a name that SAM gives is not free", async () => {
  expect(await folder.faultsOf(samTemplate(fn(), role("", "FnRole")))).toContain(
    "Resources.FnRole: stands here, and SAM makes a resource of this name as well",
  );
});
