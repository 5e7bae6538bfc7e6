// What the twin does not understand it does not load, and says where.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TemplateError } from "../../../../deploy/local/aws/template/faults.js";
import { loadTemplate } from "../../../../deploy/local/aws/template/load-template.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "template-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(text: string, settings = {}): string[] {
  const file = join(folder, "template.yaml");
  writeFileSync(file, text);
  try {
    loadTemplate(file, { accountId: "123456789012", region: "eu-west-1", stackName: "s", ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    expect(error.message.startsWith(`${file}:\n  `)).toBe(true);
    return error.faults.map(({ path, message }) => `${path}: ${message}`);
  }
}

const header = "Transform: AWS::Serverless-2016-10-31\n";
const resource = (type: string, properties: string, more = ""): string =>
  `${header}Resources: { X: { Type: ${type}, Properties: { ${properties} } ${more} } }`;
const code = "CodeUri: src/, Handler: app.handler, Runtime: nodejs24.x";
const fn = (properties: string, more = ""): string =>
  resource("AWS::Serverless::Function", `${code}, ${properties}`, more);
const trust =
  "AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: { AWS: '*' }, Action: sts:AssumeRole } }";
const role = (properties: string): string => resource("AWS::IAM::Role", `${trust}, ${properties}`);
const at = "Resources.X.Properties";
const no = "is not supported by the local twin";
const nothing = "names nothing that the local twin knows";

test("the templates these faults are put into have none", () => {
  expect(faultsOf(fn(""))).toEqual([]);
  expect(faultsOf(role(""))).toEqual([]);
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
  ["null", fn("Timeout: null"), `${at}.Timeout: null is not allowed in a template`],
  ["a list", "- x", "is not a template"],
  ["nothing", "", "is empty"],
  ["no Transform", "Resources: {}", "Transform: is missing"],
  ["another Transform", "Transform: X\nResources: {}", 'Transform: "X" does not match'],
  ["Conditions", `${header}Conditions: { A: x }\nResources: {}`, `Conditions: ${no}`],
  ["Mappings", `${header}Mappings: {}\nResources: {}`, `Mappings: ${no}`],
  ["no Resources", header, "Resources: must be an object"],
  ["Globals for APIs", `${header}Globals: { Api: {} }\nResources: {}`, `Globals.Api: ${no}`],
  [
    "a name in Globals",
    `${header}Globals: { Function: { FunctionName: x } }\nResources: {}`,
    `Globals.Function.FunctionName: ${no}`,
  ],
  [
    "an unknown resource type",
    resource("AWS::Lambda::Url", ""),
    "Resources.X: resource type AWS::Lambda::Url is not supported by the local twin",
  ],
  ["a misspelt property", fn("Timeuot: 3"), `${at}.Timeuot: ${no}`],
  ["a condition on a resource", fn("", ", Condition: A"), `Resources.X.Condition: ${no}`],
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
  [
    "AuthType NONE",
    fn("FunctionUrlConfig: { AuthType: NONE }"),
    `${at}.FunctionUrlConfig.AuthType: "NONE" ${no}`,
  ],
  ["no AuthType", fn("FunctionUrlConfig: {}"), `${at}.FunctionUrlConfig.AuthType: is missing`],
  [
    "CORS of the URL",
    fn("FunctionUrlConfig: { AuthType: AWS_IAM, Cors: {} }"),
    `${at}.FunctionUrlConfig.Cors: ${no}`,
  ],
  [
    "an unknown invoke mode",
    fn("FunctionUrlConfig: { AuthType: AWS_IAM, InvokeMode: STREAM }"),
    `${at}.FunctionUrlConfig.InvokeMode: "STREAM" ${no}`,
  ],
  ["a version for an alias", fn("AutoPublishAlias: '12'"), `${at}.AutoPublishAlias: "12" does not match`],
  ["Policies of a function", fn("Policies: []"), `${at}.Policies: ${no}`],
  ["Events", fn("Events: {}"), `${at}.Events: ${no}`],
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
    "a list in Globals and in the function",
    `${header}Globals: { Function: { Architectures: [arm64] } }\n${fn("Architectures: [arm64]").replace(header, "")}`,
    `${at}.Architectures: a list in Globals as well`,
  ],
  ["an unknown intrinsic", fn("Timeout: !If [A, 1, 2]"), `${at}.Timeout: Fn::If ${no}`],
  [
    "an unknown intrinsic in its long form",
    fn("Timeout: { 'Fn::Select': [0, [1]] }"),
    `${at}.Timeout: Fn::Select ${no}`,
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
    `${at}.FunctionName: \${X} in Fn::Sub ${nothing}`,
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
    "Parameters.A: has no value and no Default",
  ],
  [
    "a parameter of another type",
    `${header}Parameters: { A: { Type: CommaDelimitedList, Default: x } }\nResources: {}`,
    `Parameters.A.Type: "CommaDelimitedList" ${no}`,
  ],
  [
    "a parameter outside its list",
    `${header}Parameters: { A: { Type: String, Default: x, AllowedValues: [y] } }\nResources: {}`,
    "Parameters.A: takes y",
  ],
  ["managed policies", role("ManagedPolicyArns: [x]"), `${at}.ManagedPolicyArns: ${no}`],
  ["a permissions boundary", role("PermissionsBoundary: x"), `${at}.PermissionsBoundary: ${no}`],
  ["tags of a role", role("Tags: []"), `${at}.Tags: ${no}`],
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
    "NotAction",
    role(
      "Policies: [{ PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, NotAction: s3:Get, Resource: '*' } } }]",
    ),
    `${at}.Policies[0].PolicyDocument.Statement[0].NotAction: ${no}`,
  ],
  [
    "a policy without name",
    role(
      "Policies: [{ PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:Get, Resource: '*' } } }]",
    ),
    `${at}.Policies[0].PolicyName: is missing`,
  ],
  [
    "a policy for a role that is not there",
    resource(
      "AWS::IAM::Policy",
      "PolicyName: p, Roles: [r], PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:Get, Resource: '*' } }",
    ),
    `${at}.Roles: r is not a role of this template`,
  ],
  [
    "a policy for nobody",
    resource(
      "AWS::IAM::Policy",
      "PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: s3:Get, Resource: '*' } }",
    ),
    `${at}.Roles: must name a role`,
  ],
  ["a policy for users", resource("AWS::IAM::Policy", "PolicyName: p, Users: [u]"), `${at}.Users: ${no}`],
])("refuses %s", (_title, text, fault) => {
  expect(faultsOf(text).join("\n")).toContain(fault);
});

test("two functions of one name, and two roles of one name", () => {
  const twice = (one: string): string =>
    one.replace(/X: (.*) \}$/s, (_, body: string) => `X: ${body}, Y: ${body} }`);
  expect(faultsOf(twice(fn("FunctionName: f")))).toEqual([
    "Resources: two resources have the FunctionName f",
  ]);
  expect(faultsOf(twice(role("RoleName: r")))).toEqual(["Resources: two resources have the RoleName r"]);
});

test("tells all faults at once", () => {
  expect(
    faultsOf(fn("Timeout: 0, Tracing: Active, FunctionUrlConfig: { AuthType: NONE, Cors: {} }")),
  ).toHaveLength(4);
});

test.each([
  [{ accountId: "1" }, ": account id 1 is not 12 digits"],
  [{ region: "europe" }, ": europe is not a region"],
  [{ stackName: "1" }, ": 1 is not a stack name"],
  [{ parameters: { Stage: "x" } }, "Parameters: Stage is given but not declared"],
])("refuses the settings %j", (settings, fault) => {
  expect(faultsOf(fn(""), settings)).toContain(fault);
});
