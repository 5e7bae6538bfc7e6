// `Code` of a function -> the folder it runs from: a local folder, as `sam build` takes it, or inline text, which
// CloudFormation puts into index.js. Code that is in S3 already is refused, since it is not here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unsupported } from "../faults.js";
import { isMembers, type Fields } from "../fields.js";

const largestInline = 4_194_304;

export function readCode(
  properties: Fields,
  handler: string,
  { templateFolder }: { readonly templateFolder: string },
): string {
  const code = properties.any("Code");
  if (!isMembers(code)) {
    const folder = properties.text("Code", /^(?!.*:\/\/)(?!.*\.(zip|jar)$).+$/);
    return resolve(templateFolder, folder);
  }
  const fields = properties.object("Code");
  if (!fields.has("ZipFile")) {
    properties.fault("Code", `${Object.keys(code).join(", ")} ${unsupported}; it takes a local folder`);
    return templateFolder;
  }
  const text = fields.text("ZipFile", /^[^]+$/);
  fields.end();
  if (text.length > largestInline)
    properties.fault("Code", `inline code has ${largestInline} characters at most`);
  if (!handler.startsWith("index."))
    properties.fault("Handler", `inline code is index.js: the handler is index.EXPORT, not ${handler}`);
  return writeInlineCode(text);
}

/** Gone when the process is. CommonJS whatever it looks like: that Lambda finds out by itself is not documented. */
function writeInlineCode(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "inline-code-"));
  writeFileSync(join(folder, "index.js"), text);
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  if (written.length === 0)
    process.once("exit", () => written.forEach((one) => rmSync(one, { recursive: true, force: true })));
  written.push(folder);
  return folder;
}

const written: string[] = [];
