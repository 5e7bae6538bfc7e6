// What the twin does not understand it does not load, and says where.
import { account } from "../../../../deploy/local/aws/aws.js";
import { loadTemplate } from "../../../../deploy/local/aws/template/load-template.js";
import {
  fn as named,
  resource as piece,
  role as roleNamed,
  sam,
  samTemplate,
  templateFolder,
} from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());
const faultsOf = folder.faultsOf;

const header = sam;
const resource = (type: string, properties: string, more = ""): string =>
  samTemplate(piece(type, properties, more));
const fn = (properties: string, more = ""): string => samTemplate(named(properties, more, "X"));
const role = (properties: string): string => samTemplate(roleNamed(properties));
const at = "Resources.X.Properties";
const no = "is not supported by the local twin";
const nothing = "names nothing that the local twin knows";

test("the templates these faults are put into have none", async () => {
  expect(await faultsOf(fn(""))).toEqual([]);
  expect(await faultsOf(role(""))).toEqual([]);
});

test.each([
  [
    "an alias",
    `${header}Description: &d x\nMetadata: *d\nResources: {}`,
    "Metadata: YAML aliases are not read by CloudFormation",
  ],
  [
    "an anchor",
    `${header}Description: &d x\nResources: {}`,
    "Description: YAML anchors are not read by CloudFormation",
  ],
  ["a key twice", `${header}Resources: {}\nResources: {}`, "Map keys must be unique"],
  [
    "a word that is a boolean for CloudFormation",
    fn("Environment: { Variables: { AA: yes } }"),
    `${at}.Environment.Variables.AA: yes must be quoted`,
  ],
  ["no output", `Outputs: {}\n${fn("")}`, "Outputs: must have a member"],
  ["null", fn("Timeout: null"), `${at}.Timeout: null is not allowed in a template`],
  ["a list", "- x", "is not a template"],
  ["nothing", "", "is empty"],
  [
    "SAM's types without Transform",
    fn("").replace(sam, ""),
    "Resources.X.Type: AWS::Serverless::Function needs Transform",
  ],
  ["another Transform", "Transform: X\nResources: {}", `Transform: "X" ${no}`],
  [
    "language extensions",
    `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nResources: {}`,
    `Transform: "AWS::LanguageExtensions" ${no}`,
  ],
  ["Rules", `${header}Rules: { A: {} }\nResources: {}`, `Rules: ${no}`],
  [
    "a Description that is too long",
    `${header}Description: ${"x".repeat(1025)}\nResources: {}`,
    "Description: ",
  ],
  ["no Resources", header, "Resources: must be an object"],
  [
    "Globals for layers",
    `${header}Globals: { LayerVersion: {} }\nResources: {}`,
    `Globals.LayerVersion: ${no}`,
  ],
  [
    "Globals without SAM",
    "Globals: { Function: {} }\nResources: {}",
    `Globals: without SAM's Transform ${no}`,
  ],
  [
    "a name in Globals",
    `${header}Globals: { Function: { FunctionName: x } }\nResources: {}`,
    `Globals.Function.FunctionName: ${no}`,
  ],
  [
    "an unknown resource type",
    resource("AWS::Serverless::HttpApi", ""),
    `Resources.X.Type: resource type AWS::Serverless::HttpApi ${no}`,
  ],
  [
    "a misspelt resource type",
    resource("AWS::SQS::Qeueu", ""),
    `Resources.X.Type: resource type AWS::SQS::Qeueu ${no}`,
  ],
  ["a custom resource", resource("Custom::Thing", ""), `Resources.X.Type: resource type Custom::Thing ${no}`],
  ["a type of SAM's own", resource('"SAM\'s implicit API"', ""), "Resources.X.Type: "],
  ["a misspelt attribute of a resource", fn("", ", DependOn: Y"), `Resources.X.DependOn: ${no}`],
  [
    "a DeletionPolicy that there is not",
    fn("", ", DeletionPolicy: Keep"),
    `Resources.X.DeletionPolicy: "Keep" ${no}`,
  ],
  [
    "properties that are a list",
    `${header}Resources: { X: { Type: AWS::SQS::Queue, Properties: [] } }`,
    "Resources.X.Properties: must be an object",
  ],
  ["a misspelt property", fn("Timeuot: 3"), `${at}.Timeuot: ${no}`],
  ["a condition on a resource", fn("", ", Condition: A"), `Resources.X.Condition: "A" is not a condition`],
  [
    "a dependency that is not there",
    fn("", ", DependsOn: Y"),
    'Resources.X.DependsOn: "Y" is not a resource of this template',
  ],
  ["another runtime", fn("").replace("nodejs24.x", "python3.13"), `${at}.Runtime: "python3.13" ${no}`],
  ["no handler", fn("").replace("Handler: app.handler,", ""), `${at}.Handler: is missing`],
  [
    "a handler without export",
    fn("").replace("app.handler", "handler"),
    `${at}.Handler: "handler" does not match`,
  ],
  [
    "code in S3",
    fn("").replace("src/", "s3://bucket/key"),
    `${at}.CodeUri: "s3://bucket/key" does not match`,
  ],
  ["a timeout over 15 minutes", fn("Timeout: 901"), `${at}.Timeout: 901 is not a whole number from 1 to 900`],
  ["half a second", fn("Timeout: 0.5"), `${at}.Timeout: 0.5 is not a whole number from 1 to 900`],
  ["too little memory", fn("MemorySize: 127"), `${at}.MemorySize: 127 is not a whole number`],
  ["no AuthType", fn("FunctionUrlConfig: {}"), `${at}.FunctionUrlConfig.AuthType: is missing`],
  [
    "an unknown invoke mode",
    fn("FunctionUrlConfig: { AuthType: AWS_IAM, InvokeMode: STREAM }"),
    `${at}.FunctionUrlConfig.InvokeMode: "STREAM" ${no}`,
  ],
  ["a version for an alias", fn("AutoPublishAlias: '12'"), `${at}.AutoPublishAlias: "12" does not match`],
  [
    "a variable that Lambda keeps",
    fn("Environment: { Variables: { AWS_REGION: x } }"),
    `${at}.Environment.Variables.AWS_REGION: is a name that Lambda keeps`,
  ],
  [
    "a variable with a bad name",
    fn("Environment: { Variables: { 1A: x } }"),
    `${at}.Environment.Variables.1A: is not the name`,
  ],
  [
    "too much environment",
    fn(`Environment: { Variables: { AA: ${"x".repeat(4096)} } }`),
    `${at}.Environment.Variables: is over Lambda's 4 KB`,
  ],
  [
    "another build method",
    fn("", ", Metadata: { BuildMethod: makefile }"),
    `Resources.X.Metadata.BuildMethod: "makefile" ${no}`,
  ],
  [
    "a build without entry point",
    fn("", ", Metadata: { BuildMethod: esbuild }"),
    "Resources.X.Metadata.BuildProperties.EntryPoints: must name a file",
  ],
  [
    "another out extension",
    fn(
      "",
      ", Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [a.ts], OutExtension: [.css=.x] } }",
    ),
    "Resources.X.Metadata.BuildProperties.OutExtension: .css=.x",
  ],
  [
    "an unknown build property",
    fn("", ", Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [a.ts], Loader: x } }"),
    `Resources.X.Metadata.BuildProperties.Loader: ${no}`,
  ],
  [
    "a second architecture from Globals, since lists are appended",
    `${header}Globals: { Function: { Architectures: [arm64] } }\n${fn("Architectures: [arm64]").replace(header, "")}`,
    `${at}.Architectures: has 2 members and takes 1 at most`,
  ],
  [
    "a dynamic reference",
    fn("Environment: { Variables: { AA: '{{resolve:ssm:/a}}' } }"),
    `${at}.Environment.Variables.AA: the dynamic reference {{resolve:ssm:/a}} ${no}`,
  ],
  ["an If of no condition", fn("Timeout: !If [A, 1, 2]"), `${at}.Timeout: Fn::If takes a condition`],
  ["another intrinsic", fn("Description: !ImportValue x"), `${at}.Description: Fn::ImportValue ${no}`],
  [
    "a macro",
    fn("Description: { 'Fn::Transform': { Name: AWS::Include } }"),
    `${at}.Description: Fn::Transform ${no}`,
  ],
  [
    "a language extension",
    fn("Description: !ToJsonString { a: b }"),
    `${at}.Description: Fn::ToJsonString ${no}`,
  ],
  [
    "a Select beyond the list",
    fn("Description: !Select [1, [a]]"),
    `${at}.Description: Fn::Select: the list has no item 1`,
  ],
  [
    "a Select of no list",
    fn("Description: !Select [0, a]"),
    `${at}.Description: Fn::Select takes an index and a list`,
  ],
  [
    "a Split by nothing",
    fn("Description: !Split ['', a]"),
    `${at}.Description: Fn::Split takes a separator and a string`,
  ],
  [
    "a Base64 of a list",
    fn("Description: { 'Fn::Base64': [a] }"),
    `${at}.Description: Fn::Base64 takes a string`,
  ],
  [
    "the zones of another region",
    fn("Description: !Join ['', !GetAZs us-east-1]"),
    `${at}.Description[1]: Fn::GetAZs takes eu-west-1`,
  ],
  ["what is in no mapping", fn("Description: !FindInMap [A, b, c]"), `${at}.Description: Fn::FindInMap `],
  [
    "a space in a name of Sub",
    fn("Description: !Sub '${ AWS::Region }'"),
    `${at}.Description: \${ AWS::Region } in Fn::Sub ${nothing}`,
  ],
  [
    "a list in Sub",
    fn("Description: !Sub ['${A}', { A: [x] }]"),
    `${at}.Description: \${A} in Fn::Sub is not a string`,
  ],
  [
    "an intrinsic with company",
    fn("Timeout: { Ref: AWS::Region, x: 1 }"),
    `${at}.Timeout: Ref must stand alone`,
  ],
  ["a Ref to nothing", fn("FunctionName: !Ref Nothing"), `${at}.FunctionName: Ref "Nothing" ${nothing}`],
  [
    "a Ref to Object's own",
    fn("FunctionName: !Ref constructor"),
    `${at}.FunctionName: Ref "constructor" ${nothing}`,
  ],
  [
    "a GetAtt of nothing",
    fn("FunctionName: !GetAtt Y.Arn"),
    `${at}.FunctionName: Fn::GetAtt ["Y","Arn"] ${nothing}`,
  ],
  [
    "a GetAtt of another attribute",
    fn("Environment: { Variables: { AA: !GetAtt X.Version } }"),
    `Fn::GetAtt ["X","Version"] ${nothing}`,
  ],
  [
    "a URL that no function has",
    fn("Environment: { Variables: { AA: !GetAtt XUrl.FunctionUrl } }"),
    `Fn::GetAtt ["XUrl","FunctionUrl"] ${nothing}`,
  ],
  [
    "a name in Sub that is nothing",
    fn("FunctionName: !Sub 'a-${B}'"),
    `${at}.FunctionName: \${B} in Fn::Sub ${nothing}`,
  ],
  [
    "a policy variable that Sub would eat",
    fn("FunctionName: !Sub '${aws:userid}'"),
    `\${aws:userid} in Fn::Sub ${nothing}`,
  ],
  [
    "a name that refers to itself",
    fn("FunctionName: !Sub '${X}-2'"),
    "Resources: circular dependency: X -> X",
  ],
  ["a Join without list", fn("FunctionName: !Join ['', x]"), `${at}.FunctionName: Fn::Join takes`],
  ["a Sub of a list only", fn("FunctionName: !Sub [x]"), `${at}.FunctionName: Fn::Sub takes`],
  ["a function name with a dot", fn("FunctionName: a.b"), `${at}.FunctionName: a.b is not a function name`],
  [
    "an output of nothing",
    `${fn("")}\nOutputs: { A: { Value: !Ref B } }`,
    `Outputs.A.Value: Ref "B" ${nothing}`,
  ],
  [
    "a parameter without value",
    `${header}Parameters: { A: { Type: String } }\nResources: {}`,
    "Parameters.A: has no value and no Default; give one with --parameter A=VALUE",
  ],
  [
    "a managed policy it does not know",
    role("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']"),
    `${at}.ManagedPolicyArns[0]: the managed policy arn:aws:iam::aws:policy/AdministratorAccess ${no}`,
  ],
  [
    "a boundary it does not know",
    role("PermissionsBoundary: x"),
    `${at}.PermissionsBoundary: the managed policy x ${no}`,
  ],
  ["a tag twice", role("Tags: [{ Key: a, Value: 1 }, { Key: A, Value: 2 }]"), `${at}.Tags: has a key twice`],
  [
    "a role without trust policy",
    resource("AWS::IAM::Role", ""),
    `${at}.AssumeRolePolicyDocument: must be an object`,
  ],
  [
    "a session shorter than an hour",
    role("MaxSessionDuration: 900"),
    `${at}.MaxSessionDuration: 900 is not a whole number from 3600 to 43200`,
  ],
  [
    "a policy without name",
    role(
      "Policies: [{ PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:GetObject, Resource: '*' } } }]",
    ),
    `${at}.Policies[0].PolicyName: is missing`,
  ],
  [
    "a policy for a role that is not there",
    resource(
      "AWS::IAM::Policy",
      "PolicyName: p, Roles: [r], PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:GetObject, Resource: '*' } }",
    ),
    `${at}.Roles: r is not a role of this template`,
  ],
  [
    "a policy for nobody",
    resource(
      "AWS::IAM::Policy",
      "PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:GetObject, Resource: '*' } }",
    ),
    `${at}.Roles: must name a role`,
  ],
  [
    "a policy for a role twice",
    `${role("RoleName: r")}  ${piece(
      "AWS::IAM::Policy",
      "PolicyName: p, Roles: [r, r], PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:GetObject, Resource: '*' } }",
      "",
      "Policy",
    )}`,
    "Resources.Policy.Properties.Roles: names r twice",
  ],
  [
    "two policies whose names differ in case only",
    role(
      `Policies: [${["p", "P"].map((name) => `{ PolicyName: ${name}, PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:GetObject, Resource: '*' } } }`).join()}], RoleName: r`,
    ),
    `${at}: role r has two policies of one name`,
  ],
  ["a policy for users", resource("AWS::IAM::Policy", "PolicyName: p, Users: [u]"), `${at}.Users: ${no}`],
])("refuses %s", async (_title, text, fault) => {
  expect((await faultsOf(text)).join("\n")).toContain(fault);
});

test("two functions of one name, and two roles of one name", async () => {
  const functions = samTemplate(named("FunctionName: f"), named("FunctionName: f", "", "Other"));
  expect(await faultsOf(functions)).toEqual(["Resources: two resources have the FunctionName f"]);
  const roles = samTemplate(roleNamed("RoleName: r"), roleNamed("RoleName: r", "Other"));
  expect(await faultsOf(roles)).toEqual(["Resources: two resources have the RoleName r"]);
});

test("the functions of an account leave 100 of its concurrency unreserved", async () => {
  const reserving = (one: number, other: number): string =>
    samTemplate(
      named(`ReservedConcurrentExecutions: ${one}`),
      named(`ReservedConcurrentExecutions: ${other}`, "", "Other"),
    );
  expect(await faultsOf(reserving(500, 400))).toEqual([]);
  expect(await faultsOf(reserving(500, 401))).toEqual([
    "Resources: the functions reserve 901 of a concurrency of which AWS lets 900 be reserved",
  ]);
});

test("a misspelt property is told with the one that was meant", async () => {
  expect(await faultsOf(fn("timeout: 900, Shape: round"))).toEqual([
    `${at}.timeout: ${no}; did you mean Timeout?`,
    `${at}.Shape: ${no}`,
  ]);
});

test("a file that is not there is said not to be", async () => {
  await expect(loadTemplate("no/such.yaml", account)).rejects.toThrow(
    "no/such.yaml:\n  there is no such file",
  );
});

test("tells all faults at once", async () => {
  const text = fn("Timeout: 0, Tracing: Loud, Timeuot: 1, FunctionUrlConfig: { AuthType: None, Cores: {} }");
  expect(await faultsOf(text)).toHaveLength(5);
});

test.each([
  [{ accountId: "1" }, ": account id 1 is not 12 digits"],
  [{ region: "europe" }, ": europe is not a region"],
  [{ stackName: "1" }, ": 1 is not a stack name"],
  [{ parameters: { Stage: "x" } }, "Parameters: Stage is given but not declared"],
])("refuses the settings %j", async (settings, fault) => {
  expect(await faultsOf(fn(""), settings)).toContain(fault);
});

test.each([
  ["yes", "CloudFormation reads it as a boolean"],
  ["012345670123", "CloudFormation may read it as another number"],
  ["1_000", "CloudFormation may read it as another number"],
  ["22:22", "CloudFormation may read it as another number"],
  ["0x1F", "CloudFormation may read it as another number"],
  ["+0b11", "CloudFormation may read it as another number"],
  ["'012345670123'", undefined],
  ["80:80", undefined],
  ["0.5", undefined],
  ["10", undefined],
  ["0", undefined],
  ["2012-10-17", undefined],
])("an unquoted %s, which YAML 1.1 and 1.2 may read differently: %s", async (text, fault) => {
  const faults = await faultsOf(fn(`Environment: { Variables: { AA: ${text} } }`));
  const place = `${at}.Environment.Variables.AA`;
  expect(faults).toEqual(fault === undefined ? [] : [`${place}: ${text} must be quoted: ${fault}`]);
});

test("a key is read as a value is", async () => {
  const withKey = (key: string): string =>
    fn("").replace("Resources:", `Mappings: { M: { ${key}: { a: b } } }\nResources:`);
  expect(await faultsOf(withKey("'012345670123'"))).toEqual([]);
  expect(await faultsOf(withKey("012345670123"))).toEqual([
    "Mappings.M: 012345670123 must be quoted: CloudFormation may read it as another number",
  ]);
});
