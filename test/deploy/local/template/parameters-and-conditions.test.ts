// Parameters, Mappings and Conditions: what a template is given, and what follows from it.
import { firstFunction, fn, sam, samTemplate, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const withParameter = (declaration: string): string =>
  `Parameters: { P: { ${declaration} } }\n${samTemplate(fn())}`;
const withSections = (sections: string, ...resources: string[]): string =>
  `${sections}\n${samTemplate(...resources)}`;

test.each([
  ["Type: String, Default: ''", undefined],
  ["Type: String, AllowedValues: [a, b]", "b"],
  ["Type: String, AllowedPattern: '[a-z]+'", "abc"],
  ["Type: String, MinLength: 2, MaxLength: 3", "abc"],
  ["Type: Number, MinValue: -1, MaxValue: 2.5", "2.5"],
  ["Type: List<Number>, Default: '1, 2'", undefined],
  ["Type: CommaDelimitedList, AllowedValues: [a, b]", "a,b,a"],
  ["Type: AWS::EC2::VPC::Id", "vpc-1"],
  ["Type: List<AWS::EC2::Subnet::Id>", "subnet-1,subnet-2"],
  ["Type: AWS::SSM::Parameter::Name, NoEcho: true, Description: d", "/name"],
])("takes the parameter %s given %j", async (declaration, given) => {
  const parameters = given === undefined ? {} : { P: given };
  expect(await folder.faultsOf(withParameter(declaration), { parameters })).toEqual([]);
});

test.each([
  ["Type: String", undefined, "P: has no value and no Default; give one with --parameter P=VALUE"],
  ["Type: Sting", "x", 'P.Type: "Sting" is not supported'],
  ["Type: AWS::SSM::Parameter::Value<String>", "x", 'P.Type: "AWS::SSM::Parameter::Value<String>" is not'],
  ["Type: String, AllowedValues: [a, b]", "c", "P: takes a, b"],
  ["Type: CommaDelimitedList, AllowedValues: [a, b]", "a,c", "P: takes a, b"],
  ["Type: String, AllowedPattern: '[a-z]+'", "abc1", 'P: "abc1" does not match'],
  ["Type: String, AllowedPattern: '[a-'", "abc", "P.AllowedPattern: is not a pattern"],
  ["Type: String, AllowedPattern: a, ConstraintDescription: An a", "b", "(An a)"],
  ["Type: String, MinLength: 2", "a", 'P: "a" is outside'],
  ["Type: String, MaxLength: 2", "abc", 'P: "abc" is outside'],
  ["Type: Number, MinValue: 1", "0", 'P: "0" is outside'],
  ["Type: Number, MaxValue: 1", "2", 'P: "2" is outside'],
  ["Type: Number", "1e3", 'P: "1e3" is not a number'],
  ["Type: List<Number>", "1,x", 'P: "x" is not a number'],
  ["Type: Number, MaxLength: 2", "1", "P.MaxLength: is not supported"],
  ["Type: String, Default: [a]", undefined, "P: its Default must be a string or a number"],
  ["Type: String, Defualt: a", "b", "P.Defualt: is not supported"],
  ["Type: String, Default: c, AllowedValues: [a, b]", "a", "P: its Default: takes a, b"],
  ["Type: Number, Default: 0, MinValue: 1", "1", 'P: its Default: "0" is outside'],
  ["Type: String", "x".repeat(4097), "P: is over 4096 bytes"],
])("refuses the parameter %s given %j", async (declaration, given, fault) => {
  const parameters = given === undefined ? {} : { P: given };
  const faults = await folder.faultsOf(withParameter(declaration), { parameters });
  expect(faults.map((each) => each.replace("Parameters.", "")).join("\n")).toContain(fault);
});

test.each([
  ["!Equals [a, a]", true],
  ["!Equals [1, '1']", true],
  ["!Equals [!Ref Stage, live]", false],
  ["!Not [!Equals [a, a]]", false],
  ["!And [!Condition IsOn, !Not [!Condition IsOff]]", true],
  ["!And [!Condition IsOn, !Condition IsOff]", false],
  ["!Or [!Condition IsOff, !Condition IsOn]", true],
  ["!Or [!Condition IsOff, { Condition: IsOff }]", false],
  ["!Equals [!Join ['', !Ref Empty], '']", true],
  ["!Equals [!FindInMap [M, !Ref Stage, name], here]", true],
])("the condition %s is %s", async (condition, holds) => {
  const sections = `
Parameters: { Stage: { Type: String, Default: dev }, Empty: { Type: CommaDelimitedList, Default: "" } }
Mappings: { M: { dev: { name: here } } }
Conditions: { C: ${condition}, IsOn: !Equals [a, a], IsOff: !Equals [a, b] }`;
  const timeout = "Timeout: !If [C, 5, 6]";
  const loaded = await folder.load(withSections(sections, fn(timeout), fn("", ", Condition: C", "Other")));
  expect(firstFunction(loaded).timeoutSeconds).toBe(holds ? 5 : 6);
  expect(loaded.functions).toHaveLength(holds ? 2 : 1);
});

test.each([
  ["C: !If [A, b, c]", "Conditions.C: Fn::If: takes one of"],
  ["C: yes-please", "Conditions.C: takes one of"],
  ["C: { Condition: D }", 'Conditions.C.Condition: "D" is not a condition'],
  ["C: !Not [!Condition C]", "Conditions.C: is made of itself"],
  ["C: !Not [{ Condition: D }], D: !Not [{ Condition: C }]", "is made of itself"],
  ["C: !And [!Equals [a, a]]", "Conditions.C.Fn::And: takes a list of 2 to 10"],
  ["C: !Not [!Equals [a, a], !Equals [a, a]]", "Conditions.C.Fn::Not: takes a list of 1"],
  ["C: !Equals [a]", "Conditions.C.Fn::Equals: takes a list of two"],
  ["C: !Equals [[a], [a]]", "Conditions.C.Fn::Equals: compares texts"],
  ["C: !Equals [!Ref Fn, a]", 'Ref "Fn" names nothing'],
])("refuses the condition %s", async (condition, fault) => {
  expect((await folder.faultsOf(withSections(`Conditions: { ${condition} }`, fn()))).join("\n")).toContain(
    fault,
  );
});

test.each([
  ["Mappings: { my-map: { a: { b: c } } }", "Mappings.my-map: a mapping's name is letters and digits"],
  ["Mappings: { M: { a_b: { c: d } } }", "Mappings.M.a_b: a mapping's key is letters, digits, - and ."],
  ["Mappings: { M: { a: { b_c: d } } }", "Mappings.M.a.b_c: a mapping's key is letters, digits, - and ."],
  ["Mappings: { M: { eu-west-1: { t2.micro: d } } }", undefined],
  ["Conditions: { is_on: !Equals [a, a] }", "Conditions.is_on: a condition's name is letters and digits"],
])("of names as %s", async (section, fault) => {
  expect(await folder.faultsOf(withSections(section, fn()))).toEqual(fault === undefined ? [] : [fault]);
});

test("a mapping holds plain values only", async () => {
  const faults = await folder.faultsOf(withSections("Mappings: { M: { a: { b: !Ref AWS::Region } } }", fn()));
  expect(faults).toEqual([
    "Mappings.M.a.b: a mapping holds texts and lists of texts; nothing is worked out in it",
  ]);
});

const absent = "Conditions: { IsOff: !Equals [a, b] }";

test("what is deployed cannot name what is not", async () => {
  const env = "Environment: { Variables: { NAME: !Ref Other } }";
  const other = fn("", ", Condition: IsOff", "Other");
  expect(await folder.faultsOf(withSections(absent, fn(env), other))).toEqual([
    'Resources.Fn.Properties.Environment.Variables.NAME: Ref "Other" names a resource whose Condition is false',
  ]);
});

test("what is not deployed can, and so can the branch that is not chosen", async () => {
  const other = fn("", ", Condition: IsOff", "Other");
  const third = fn("Environment: { Variables: { NAME: !Ref Other } }", ", Condition: IsOff", "Third");
  const chosen = fn("Environment: { Variables: { NAME: !If [IsOff, !Ref Other, none] } }");
  const loaded = await folder.load(withSections(absent, chosen, other, third));
  expect(firstFunction(loaded).environment).toEqual({ NAME: "none" });
  expect(loaded.roles).toHaveLength(1);
});

test.each([
  ["the branch that is not chosen", fn("Description: !If [IsOff, !Ref Nothing, none]"), "Description: Ref"],
  ["a resource that is not deployed", fn("Timeout: 0", ", Condition: IsOff"), "Timeout: 0 is not"],
  [
    "an action of a role that is not deployed",
    fn(
      "Policies: { Statement: [{ Effect: Allow, Action: 's3:GetObjekt', Resource: '*' }], Version: '2012-10-17' }",
      ", Condition: IsOff",
    ),
    "s3:GetObjekt",
  ],
])("a fault counts in %s", async (_title, resource, fault) => {
  expect((await folder.faultsOf(withSections(absent, resource))).join("\n")).toContain(fault);
});

test("an output of something that is not deployed needs the condition too", async () => {
  const other = fn("", ", Condition: IsOff", "Other");
  const output = (more: string): string => `${sam.trim()}\nOutputs: { O: { Value: !Ref Other ${more} } }`;
  const text = (more: string): string => withSections(absent, fn(), other).replace(sam.trim(), output(more));
  expect(await folder.faultsOf(text(", Condition: IsOff"))).toEqual([]);
  expect(await folder.faultsOf(text(""))).toEqual([
    'Outputs.O.Value: Ref "Other" names a resource whose Condition is false',
  ]);
});
