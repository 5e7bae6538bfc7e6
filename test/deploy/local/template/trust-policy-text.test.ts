import type { Template } from "../../../../deploy/local/aws/model.js";
import { templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

/** A template of one role whose trust policy is `text`, YAML that stands behind the property's name. */
const load = (text: string): Promise<Template> =>
  folder.load(`
Parameters:
  Host: { Type: String, Default: oidc.example.com/acme }
Resources:
  R: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: ${text} } }
`);
const statement = (condition: string): string =>
  `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example.com/acme"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":${condition}}}`;
const policy = (condition: string): string =>
  `{"Version":"2012-10-17","Statement":[${statement(condition)}]}`;

test("a trust policy may be text, and then a parameter may stand in a condition key", async () => {
  const { roles } = await load(`!Sub '${policy('{"${Host}:aud":"sts.amazonaws.com"}')}'`);
  expect(roles[0]?.trustPolicy.statements[0]?.conditions).toEqual([
    { operator: "StringEquals", key: "oidc.example.com/acme:aud", values: ["sts.amazonaws.com"] },
  ]);
});

test.each([
  ["that is no JSON", "'{'", "is text that is not a JSON object"],
  ["that is a list", "'[]'", "is text that is not a JSON object"],
  [
    "that has a name twice",
    `'${policy('{"a.b/c:aud":"x","a.b/c:aud":"y"}')}'`,
    "is text that is not a JSON object whose names are unique",
  ],
  ["that is a text in JSON", `'"{}"'`, "is text that is not a JSON object"],
])("text %s is a fault at its place", async (_what, text, fault) => {
  await expect(load(text)).rejects.toThrow(`Resources.R.Properties.AssumeRolePolicyDocument: ${fault}`);
});

test("what the text says is read as strictly as a policy in YAML", async () => {
  await expect(load(`'{"Version":"2012-10-17","Statement":[{"Effect":"Alow"}]}'`)).rejects.toThrow(
    "Resources.R.Properties.AssumeRolePolicyDocument.Statement[0].Effect",
  );
});

test("only a trust policy may be text: of other documents AWS does not say so", async () => {
  const template = `
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
      Policies: [{ PolicyName: p, PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }]
`;
  await expect(folder.load(template)).rejects.toThrow("PolicyDocument: must be an object");
});
