// The OpenAPI definition of an AWS::Serverless::Api as SAM hands it to API Gateway: its own operations, those of functions'
// events, and the default authorizer on each that names none.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
import { isMembers, readFields, type Members } from "../fields.js";
import type { Resource } from "../resource.js";
import type { ApiEvent } from "./api-events.js";
import type { SamContext } from "./sam-function.js";

export interface ApiAuth {
  readonly isIam: boolean;
  /** Whose credentials an event's integration takes; the caller's, where nothing is said. */
  readonly invokeRole: unknown;
}

export function readAuth(value: unknown, place: string, { report }: SamContext): ApiAuth {
  if (value === undefined) return { isIam: false, invokeRole: undefined };
  const auth = readFields(value, place, report);
  const authorizer = auth.oneOf("DefaultAuthorizer", ["AWS_IAM", "NONE"], "NONE");
  auth.ignore("AddDefaultAuthorizerToCorsPreflight", "AddApiKeyRequiredToCorsPreflight");
  const invokeRole = auth.any("InvokeRole");
  auth.end();
  return { isIam: authorizer === "AWS_IAM", invokeRole };
}

/** Events are added where there is no definition, or where it says MergeDefinitions. */
export function definitionOf(
  api: Resource,
  events: readonly ApiEvent[],
  auth: ApiAuth,
  { report }: SamContext,
): Members {
  const { properties: sam, path } = api;
  const definition = sam.DefinitionBody;
  if (definition !== undefined && !isMembers(definition))
    report(`${path}.Properties.DefinitionBody`, "must be an object");
  const body: Members = isMembers(definition) ? definition : { swagger: "2.0", paths: {} };
  const isMerged = definition === undefined || sam.MergeDefinitions === true;
  const added = isMerged ? events : [];
  const given = Object.entries(isMembers(body.paths) ? body.paths : {});
  const paths = new Map(given.map(([name, item]) => [name, auth.isIam ? withDefault(item) : item]));
  for (const event of added) {
    const item = paths.get(event.path) ?? {};
    if (isMembers(item) && Object.hasOwn(item, event.operation))
      report(event.place, `${event.operation} ${event.path} is in the API already`);
    paths.set(event.path, { ...(isMembers(item) ? item : {}), [event.operation]: operationOf(event, auth) });
  }
  return { ...body, paths: Object.fromEntries(paths), ...iamScheme(body, auth, added) };
}

const schemeName = "AWS_IAM";
const demand = [{ [schemeName]: [] }];

function operationOf(event: ApiEvent, auth: ApiAuth): Members {
  const isIam = event.authorizer === undefined ? auth.isIam : event.authorizer === "AWS_IAM";
  const role = event.invokeRole ?? auth.invokeRole ?? "CALLER_CREDENTIALS";
  const credentials = role === "CALLER_CREDENTIALS" ? "arn:aws:iam::*:user/*" : role;
  return {
    responses: {},
    security: isIam ? demand : [],
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: {
        "Fn::Sub": [
          "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${function}/invocations",
          { function: event.functionArn },
        ],
      },
      // SAM's default lets IAM's caller through to the function, who then needs lambda:InvokeFunction as well.
      ...(isIam && role !== "NONE" ? { credentials } : {}),
    },
  };
}

/** Where an operation names no security scheme, the API's default is put in. */
function withDefault(item: unknown): unknown {
  if (!isMembers(item)) return item;
  const operations = Object.entries(item).map(([name, operation]) => {
    if (!isMembers(operation)) return [name, operation] as const;
    const { security } = operation;
    const isOpen = security === undefined || (Array.isArray(security) && security.length === 0);
    return [name, isOpen ? { ...operation, security: demand } : operation] as const;
  });
  return Object.fromEntries(operations);
}

function iamScheme(body: Members, { isIam }: ApiAuth, events: readonly ApiEvent[]): Members {
  if (!isIam && !events.some(({ authorizer }) => authorizer === "AWS_IAM")) return {};
  const scheme = {
    [schemeName]: {
      ...{ type: "apiKey", name: "Authorization", in: "header" },
      "x-amazon-apigateway-authtype": "awsSigv4",
    },
  };
  const under = (holder: unknown, name: string): Members => {
    const members = isMembers(holder) ? holder : {};
    return { ...members, [name]: { ...(isMembers(members[name]) ? members[name] : {}), ...scheme } };
  };
  return body.openapi === undefined
    ? { securityDefinitions: under(body, "securityDefinitions").securityDefinitions }
    : { components: under(body.components, "securitySchemes") };
}
