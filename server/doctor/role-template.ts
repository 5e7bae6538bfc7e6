// A role as a rule needs it, whole, for a template: who may become it, and what its sessions call.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
import { targetStatements } from "../core/target-statements.js";
import { trustActions, trustStatement } from "./trust-statement.js";
import type { GatewayIdentity } from "./facts.js";
import { json, type Paste } from "./finding.js";
import type { CheckedRoute, CheckedRule } from "./scope.js";

export function roleTemplate(
  { rule, roleArn }: CheckedRule,
  routes: readonly CheckedRoute[],
  gateway: GatewayIdentity,
): Paste {
  const [, path = "/", name = ""] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(roleArn) ?? [];
  const its = routes.filter(({ route }) => route.roles.includes(rule));
  const calls = its.flatMap(({ route }) => targetStatements(route)).map((statement) => json(statement));
  const role = {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      ...(path !== "/" && { Path: path }),
      MaxSessionDuration: Math.max(3_600, rule.durationSeconds),
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: trustActions(rule).map((action) => trustStatement(rule, action, gateway)),
      },
      Policies: [
        {
          PolicyName: "call-targets",
          PolicyDocument: {
            Version: "2012-10-17",
            // Routes of one function need the same.
            Statement: [...new Set(calls)].map((text) => JSON.parse(text) as unknown),
          },
        },
      ],
    },
  };
  return { into: "Resources of a template, under a name of its own", format: "json", text: json(role) };
}
