// What a session must be allowed for one route to work, and nothing else (docs/iam.md).
import type { ExecuteApiTarget, FunctionUrlTarget, InvokeTarget, Route } from "./model.js";
import type { Statement } from "./policy-bounds.js";
import { anyMethods } from "./route-key.js";

export type TargetedRoute = Pick<Route, "target" | "method" | "segments">;

export function targetStatements({ target, method, segments }: TargetedRoute): Statement[] {
  switch (target.kind) {
    case "functionUrl":
      return functionUrlStatements(target);
    case "executeApi":
      return [executeApiStatement(target, method, segments)];
    case "invoke":
      return [invokeStatement(target)];
  }
}

/**
 * A function URL asks for two permissions, each with a condition key that fits only itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function functionUrlStatements({ functionArn }: FunctionUrlTarget): Statement[] {
  return [
    {
      Effect: "Allow",
      Action: "lambda:InvokeFunctionUrl",
      Resource: functionArn,
      Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
    },
    {
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: functionArn,
      Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
    },
  ];
}

const invokeStatement = ({ functionArn }: InvokeTarget): Statement => ({
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: functionArn,
});

/**
 * The stage, the method and the path of the route. A wildcard of IAM's goes over slashes: in place of a method it would
 * let `prod/GET/admin/reports` through where `prod/ANY/reports` was meant, so `ANY` names each method.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
function executeApiStatement(
  { stageArn }: ExecuteApiTarget,
  method: string,
  segments: Route["segments"],
): Statement {
  const path = segments?.map(resourceSegment).join("/") ?? "*";
  const methods = method === "ANY" ? (path === "*" ? ["*"] : anyMethods) : [method];
  const resources = methods.map((each) => (each === "*" ? `${stageArn}/*` : `${stageArn}/${each}/${path}`));
  const [only] = resources;
  return {
    Effect: "Allow",
    Action: "execute-api:Invoke",
    Resource: resources.length === 1 && only !== undefined ? only : resources,
  };
}

type Segment = NonNullable<Route["segments"]>[number];

/**
 * A literal `*` or `$` means itself: IAM has no other word for it than a policy variable. Literals stand as the route key
 * has them. How API Gateway spells an encoded path to IAM is not documented, so whoever writes `%28` for a route's `(` may
 * be refused; to allow both spellings would guess.
 */
const resourceSegment = (segment: Segment): string =>
  segment.kind === "literal" ? segment.text.replace(/[*$]/g, "${$&}") : "*";
