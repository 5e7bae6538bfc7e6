// What the control API says of a function, against the template that it was read from.
import { configurationDocument } from "../../../../deploy/local/aws/lambda/control-documents.js";
import {
  code,
  firstFunction,
  fn,
  lambdaTrust,
  resource,
  samTemplate,
  template,
  templateFolder,
} from "../template/sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const version = {
  ...{ version: "1", description: "", revisionId: "r", lastModified: 0 },
  code: { codeSha256: "s", codeSize: 1, outFolder: "/nowhere", built: {} as never },
};
const documentOf = async (text: string): Promise<object> =>
  configurationDocument(firstFunction(await folder.load(text)), version, undefined);

test.each([
  ["", "PassThrough"],
  ["Tracing: Disabled", "PassThrough"],
  ["Tracing: PassThrough", "PassThrough"],
  ["Tracing: Active", "Active"],
  ["Tracing: !If [Quiet, PassThrough, Active]", "Active"],
])("a function of SAM with '%s' traces in mode %s", async (properties, Mode) => {
  const text = `Conditions: { Quiet: !Equals [a, b] }\n${samTemplate(fn(properties))}`;
  expect(await documentOf(text)).toMatchObject({ TracingConfig: { Mode } });
});

test.each([
  ["", "PassThrough"],
  ["TracingConfig: { Mode: PassThrough }", "PassThrough"],
  ["TracingConfig: { Mode: Active }", "Active"],
])("a function of CloudFormation with '%s' traces in mode %s", async (properties, Mode) => {
  const given = `${code.replace("CodeUri", "Code")}, Role: !GetAtt X.Arn, ${properties}`;
  const text = template(
    resource("AWS::Lambda::Function", given, "", "Fn"),
    resource("AWS::IAM::Role", lambdaTrust),
  );
  expect(await documentOf(text)).toMatchObject({ TracingConfig: { Mode } });
});
