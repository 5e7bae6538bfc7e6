// What lets somebody of another account call a function: a resource of the function's own template, one for each action.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
import type { Statement } from "../core/policy-bounds.js";
import type { Paste } from "./finding.js";

export const permissionTemplate = (statements: readonly Statement[], principal: string): Paste => ({
  into: "Resources of the function's template",
  format: "yaml",
  text: statements.map((statement, at) => permission(statement, principal, at)).join("\n"),
});

function permission({ Action, Resource, Condition }: Statement, principal: string, at: number): string {
  const keys = Object.values(Condition ?? {}).flatMap((each) => Object.keys(each));
  return [
    `GatewayPermission${at + 1}:`,
    "  Type: AWS::Lambda::Permission",
    "  Properties:",
    `    FunctionName: ${String(Resource)}`,
    `    Action: ${String(Action)}`,
    `    Principal: ${principal}`,
    ...(keys.includes("lambda:FunctionUrlAuthType") ? ["    FunctionUrlAuthType: AWS_IAM"] : []),
    ...(keys.includes("lambda:InvokedViaFunctionUrl") ? ["    InvokedViaFunctionUrl: true"] : []),
  ].join("\n");
}
