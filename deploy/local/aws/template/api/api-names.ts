// What Ref and Fn::GetAtt give for API Gateway's resources.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGateway.html
import type { Naming, ResourceNames } from "../resources/resource-names.js";
import { apiGatewayId } from "../stable-id.js";
import { rootResourceId } from "./assemble-apis.js";

const idOf = ({ stack, logicalId }: Naming, length: number): string =>
  apiGatewayId(stack.stackName, logicalId, length);

const named = (ref: string, attribute: string, more: readonly [string, string][] = []): ResourceNames => ({
  ref,
  attributes: new Map([[attribute, ref], ...more]),
});

export const apiNamers: Readonly<Record<string, (naming: Naming) => ResourceNames>> = {
  "AWS::ApiGateway::RestApi": (naming) => {
    const id = idOf(naming, 10);
    return named(id, "RestApiId", [["RootResourceId", rootResourceId(id)]]);
  },
  "AWS::ApiGateway::Resource": (naming) => named(idOf(naming, 6), "ResourceId"),
  "AWS::ApiGateway::Method": ({ logicalId }) => ({ ref: logicalId, attributes: new Map() }),
  "AWS::ApiGateway::Deployment": (naming) => named(idOf(naming, 6), "DeploymentId"),
  "AWS::ApiGateway::Stage": ({ text }) => ({ ref: text("StageName") ?? "", attributes: new Map() }),
};
