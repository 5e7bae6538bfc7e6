// Events of type Api that name an AWS::Serverless::Api of the template: a method of that API each, and the permission
// with which API Gateway may call the function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html
import { unsupported } from "../faults.js";
import { isMembers, readFields, type Fields, type Members } from "../fields.js";
import type { Resource } from "../resource.js";
import { makeBeside, type SamContext, type SamFunction } from "./sam-function.js";

export interface ApiEvent {
  /** Logical id of the API. */
  readonly api: string;
  readonly path: string;
  /** As OpenAPI names it: `get`, `x-amazon-apigateway-any-method`. */
  readonly operation: string;
  /** Of the function or its alias; an intrinsic function. */
  readonly functionArn: Members;
  readonly authorizer?: "AWS_IAM" | "NONE";
  readonly invokeRole?: unknown;
  readonly place: string;
}

/** Of an event's RestApiId: the logical id of an API that SAM makes from this template. */
export function apiOfEvent(event: Fields, { restApis }: SamContext): string | undefined {
  const properties = event.any("Properties");
  const id = isMembers(properties) ? properties.RestApiId : undefined;
  const named = isMembers(id) && typeof id.Ref === "string" ? id.Ref : undefined;
  return named !== undefined && restApis?.has(named) === true ? named : undefined;
}

interface ExpandedEvent {
  readonly event: ApiEvent;
  readonly permission: Resource;
}

/** `target`: the function or its alias. */
export function expandApiEvents(fn: SamFunction, target: Members, context: SamContext): ExpandedEvent[] {
  if (!isMembers(fn.properties.Events)) return [];
  const events = readFields(fn.properties.Events, `${fn.path}.Properties.Events`, context.report);
  return events.names().flatMap((name) => {
    const event = events.object(name);
    const api = event.any("Type") === "Api" ? apiOfEvent(event, context) : undefined;
    return api === undefined ? [] : [expandApiEvent(fn, { name, api, target }, event.object("Properties"))];
  });
}

interface NamedEvent {
  readonly name: string;
  readonly api: string;
  readonly target: Members;
}

function expandApiEvent(fn: SamFunction, { name, api, target }: NamedEvent, fields: Fields): ExpandedEvent {
  const place = fields.path;
  fields.ignore("RestApiId");
  const path = fields.text("Path", /^\//);
  const method = fields.text("Method", /^(any|get|put|post|delete|options|head|patch)$/i).toLowerCase();
  if (fields.has("TimeoutInMillis")) fields.fault("TimeoutInMillis", unsupported);
  const auth = fields.object("Auth");
  const authorizer = auth.has("Authorizer") ? auth.oneOf("Authorizer", ["AWS_IAM", "NONE"]) : undefined;
  const invokeRole = auth.any("InvokeRole");
  auth.end();
  fields.end();
  const isAny = method === "any";
  const event: ApiEvent = {
    ...{ api, path, place, invokeRole },
    operation: isAny ? "x-amazon-apigateway-any-method" : method,
    functionArn: "Ref" in target && target.Ref === fn.logicalId ? arnOf(fn) : target,
    ...(authorizer === undefined ? {} : { authorizer }),
  };
  const source = `${isAny ? "*" : method.toUpperCase()}${path.replace(/\{[^}]+\}/g, "*")}`;
  const permission = makeBeside(fn, `${fn.logicalId}${name}Permission`, "AWS::Lambda::Permission", {
    Action: "lambda:InvokeFunction",
    FunctionName: target,
    Principal: "apigateway.amazonaws.com",
    SourceArn: {
      "Fn::Sub": [
        "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/" + source,
        { api: { Ref: api } },
      ],
    },
  });
  return { event, permission };
}

const arnOf = ({ logicalId }: SamFunction): Members => ({ "Fn::GetAtt": [logicalId, "Arn"] });
