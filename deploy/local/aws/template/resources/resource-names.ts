// What Ref and Fn::GetAtt give for the resources that the twin serves, and for those that only have names here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
import { functionArn, parseFunctionReference, qualifiedArn } from "./function-reference.js";
import { apiNamers } from "../api/api-names.js";
import { queueNamers } from "../queues/queue-names.js";
import { inertNames } from "../unserved/inert-names.js";
import { isInert } from "../unserved/inert-types.js";
import type { Value } from "../language/intrinsics.js";
import { generatedName, roleId, urlId } from "../stable-id.js";

export interface StackSettings {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
}

export interface ResourceNames {
  readonly ref: Value;
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface Naming {
  readonly logicalId: string;
  readonly type: string;
  readonly stack: StackSettings;
  /** A property, resolved; `undefined` when it is not there. */
  readonly text: (property: string) => string | undefined;
}

export function nameResource(naming: Naming): ResourceNames | undefined {
  const { type } = naming;
  const namer = Object.hasOwn(namers, type) ? namers[type] : undefined;
  if (namer) return namer(naming);
  return isInert(type) ? inertNames(naming) : undefined;
}

/** The property, or the name that CloudFormation makes up. */
const nameOf = ({ logicalId, stack, text }: Naming, property: string): string =>
  text(property) ?? generatedName(stack.stackName, logicalId);

const names = (ref: Value, attributes: Readonly<Record<string, Value>>): ResourceNames => ({
  ref,
  attributes: new Map(Object.entries(attributes)),
});

const namers: Readonly<Record<string, (naming: Naming) => ResourceNames>> = {
  "AWS::IAM::Role": (naming) => {
    const name = nameOf(naming, "RoleName");
    const arn = `arn:aws:iam::${naming.stack.accountId}:role${naming.text("Path") ?? "/"}${name}`;
    return names(name, { Arn: arn, RoleId: roleId(arn) });
  },
  // Nobody refers to an inline policy: its Ref is a text of CloudFormation's own.
  "AWS::IAM::Policy": ({ logicalId }) => names(logicalId, {}),
  "AWS::IAM::RolePolicy": ({ logicalId }) => names(logicalId, {}),
  "AWS::IAM::ManagedPolicy": (naming) => {
    const path = naming.text("Path") ?? "/";
    const arn = `arn:aws:iam::${naming.stack.accountId}:policy${path}${nameOf(naming, "ManagedPolicyName")}`;
    return names(arn, { PolicyArn: arn });
  },
  "AWS::IAM::OIDCProvider": ({ text, stack }) => {
    const host = (text("Url") ?? "").replace(/^https?:\/\//i, "");
    const arn = `arn:aws:iam::${stack.accountId}:oidc-provider/${host}`;
    return names(arn, { Arn: arn });
  },
  "AWS::Lambda::Function": (naming) => {
    const name = nameOf(naming, "FunctionName");
    return names(name, { Arn: functionArn(name, naming.stack) });
  },
  "AWS::Lambda::Alias": (naming) => {
    const arn = qualifiedArn(referredArn(naming, "FunctionName"), naming.text("Name"));
    return names(arn, { AliasArn: arn });
  },
  // A stack that is deployed for the first time publishes version 1.
  "AWS::Lambda::Version": (naming) => {
    const arn = qualifiedArn(referredArn(naming, "FunctionName"), "1");
    return names(arn, { FunctionArn: arn, Version: "1" });
  },
  "AWS::Lambda::Url": (naming) => {
    const { stack } = naming;
    const target = referredArn(naming, "TargetFunctionArn");
    const arn = qualifiedArn(target, naming.text("Qualifier"));
    const url = `https://${urlId(arn)}.lambda-url.${stack.region}.on.aws/`;
    return names(arn, { FunctionArn: arn, FunctionUrl: url });
  },
  "AWS::Lambda::LayerVersion": (naming) => {
    const { accountId, region } = naming.stack;
    const arn = `arn:aws:lambda:${region}:${accountId}:layer:${nameOf(naming, "LayerName")}:1`;
    return names(arn, { LayerVersionArn: arn });
  },
  "AWS::Lambda::Permission": ({ logicalId }) => names(logicalId, { Id: logicalId }),
  ...apiNamers,
  ...queueNamers,
};

/** The ARN that a property such as FunctionName stands for, qualifier included. */
function referredArn({ text, stack }: Naming, property: string): string {
  const { name = "", qualifier } = parseFunctionReference(text(property) ?? "", stack) ?? {};
  return qualifiedArn(functionArn(name, stack), qualifier);
}
