// Whatever stands in a template, the load ends in a template or in faults, never in an exception of another kind.
import fc from "fast-check";
import { templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const types = [
  ...[
    "AWS::Serverless::Function",
    "AWS::Serverless::LayerVersion",
    "AWS::Lambda::Function",
    "AWS::Lambda::Url",
  ],
  ...["AWS::Lambda::Alias", "AWS::Lambda::Permission", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"],
  ...["AWS::IAM::OIDCProvider", "AWS::IAM::Policy", "AWS::SQS::Queue", "AWS::Lambda::LayerVersion"],
];
const names = [
  ...["FunctionName", "Code", "CodeUri", "InlineCode", "Handler", "Runtime", "Role", "Policies", "Events"],
  ...["FunctionUrlConfig", "AuthType", "Cors", "AllowOrigins", "TargetFunctionArn", "Qualifier", "Layers"],
  ...[
    "AutoPublishAlias",
    "DeadLetterQueue",
    "EventInvokeConfig",
    "DestinationConfig",
    "OnFailure",
    "Environment",
  ],
  ...[
    "Variables",
    "AssumeRolePolicyDocument",
    "PolicyDocument",
    "Statement",
    "Tags",
    "ManagedPolicyArns",
    "Path",
  ],
  ...["Name", "FunctionVersion", "Principal", "Action", "Url", "ClientIdList", "ContentUri", "Roles", "Type"],
  ...[
    "Ref",
    "Fn::Sub",
    "Fn::If",
    "Fn::GetAtt",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::And",
  ],
  ...["Condition", "__proto__", "constructor", "Properties"],
];
const words = [
  "X",
  "Y",
  "X.Arn",
  "C",
  "AWS::NoValue",
  "AWS::Region",
  "NONE",
  "${X}",
  "${Y.Arn}",
  "f:live",
  "",
  "*",
];

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...words), fc.integer(), fc.boolean()),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 4 }),
  ),
}));
const properties = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
const resource = fc.record(
  {
    Type: fc.constantFrom(...types),
    Properties: properties,
    Metadata: value,
    DependsOn: value,
    Condition: value,
  },
  { requiredKeys: ["Type"] },
);

test("any tree of the words that templates are made of loads or is refused", async () => {
  const template = fc.record({
    Transform: fc.constant("AWS::Serverless-2016-10-31"),
    Conditions: fc.dictionary(fc.constant("C"), value),
    Globals: fc.record({ Function: properties }),
    Resources: fc.record({ X: resource, Y: resource }),
    Outputs: fc.dictionary(fc.constant("O"), value),
  });
  await fc.assert(
    fc.asyncProperty(template, async (tree) => {
      const faults = await folder.faultsOf(JSON.stringify(tree));
      expect(faults.every((fault) => fault.includes(": "))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
