// `Code` of a function -> where it comes from: a local folder, as `sam build` takes it, or inline text, which
// CloudFormation puts into index.js. Code that is in S3 already is refused, since it is not here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
import { resolve } from "node:path";
import type { FunctionDefinition } from "../../model.js";
import { unsupported } from "../faults.js";
import { isMembers, type Fields } from "../fields.js";

const largestInline = 4_194_304;

export function readCode(
  properties: Fields,
  handler: string,
  { templateFolder }: { readonly templateFolder: string },
): Pick<FunctionDefinition, "codeFolder" | "inlineCode"> {
  const code = properties.any("Code");
  if (!isMembers(code)) {
    const folder = properties.text("Code", /^(?!.*:\/\/)(?!.*\.(zip|jar)$).+$/);
    return { codeFolder: resolve(templateFolder, folder) };
  }
  const fields = properties.object("Code");
  if (!fields.has("ZipFile")) {
    properties.fault("Code", `${Object.keys(code).join(", ")} ${unsupported}; it takes a local folder`);
    return { codeFolder: templateFolder };
  }
  const text = fields.text("ZipFile", /^[^]+$/);
  fields.end();
  if (text.length > largestInline)
    properties.fault("Code", `inline code has ${largestInline} characters at most`);
  if (!handler.startsWith("index."))
    properties.fault("Handler", `inline code is index.js: the handler is index.EXPORT, not ${handler}`);
  return { codeFolder: templateFolder, inlineCode: text };
}
