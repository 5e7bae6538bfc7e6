// The integration of a method, as OpenAPI and as AWS::ApiGateway::Method have it: what is behind the method.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
// Not done, and refused by name: HTTP, HTTP_PROXY, AWS, VPC links, mapping templates with expressions, streaming.
import type { ApiMethod, FunctionIntegration, MockIntegration } from "../../model.js";
import { unsupported } from "../faults.js";
import { isMembers, type Fields } from "../fields.js";
import { parseFunctionReference, functionArn } from "../resources/function-reference.js";
import type { StackSettings } from "../resources/resource-names.js";

/** An integration in the words of the AWS::ApiGateway::Method; OpenAPI's are read into the same. */
export interface IntegrationWords {
  readonly type: string;
  readonly httpMethod: string;
  readonly uri: string;
  readonly credentials: string;
  readonly timeout: string;
  readonly requestTemplates: string;
  readonly passthrough: string;
  readonly transferMode: string;
}

/** What a mock answers, and the statuses that the method says it has. */
export interface MockResponse {
  readonly status: string;
  readonly template: unknown;
}

export interface IntegrationSite {
  readonly words: IntegrationWords;
  readonly stack: StackSettings;
  /** Read from the integration, which has them as a list or as an object. */
  readonly responses: (integration: Fields) => readonly MockResponse[];
  /** `200`: what the method declares. */
  readonly statuses: readonly string[];
}

export type Integration = ApiMethod["integration"];

const broken: MockIntegration = { kind: "mock", status: 200, body: "" };

export function readIntegration(fields: Fields, site: IntegrationSite): Integration {
  const { words } = site;
  const type = fields.text(words.type, /./).toUpperCase();
  fields.oneOf(words.transferMode, ["BUFFERED"], "BUFFERED");
  fields.oneOf("connectionType", ["INTERNET"], "INTERNET");
  fields.ignore("cacheNamespace", "cacheKeyParameters", "CacheNamespace", "CacheKeyParameters");
  const integration = readKind(type, fields, site);
  fields.end();
  return integration;
}

function readKind(type: string, fields: Fields, site: IntegrationSite): Integration {
  if (type === "MOCK") return readMock(fields, site);
  if (type === "AWS_PROXY") return readFunctionIntegration(fields, site);
  if (type !== "") fields.fault(site.words.type, `an integration of type ${type} ${unsupported}`);
  return broken;
}

const largestTemplate = 300 * 1024;

function readMock(fields: Fields, { words, responses, statuses }: IntegrationSite): MockIntegration {
  fields.oneOf(words.passthrough, ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"], "WHEN_NO_MATCH");
  fields.ignore(words.timeout);
  const asked = readConstant(fields.any(words.requestTemplates), fields, words.requestTemplates);
  const [response, ...others] = responses(fields);
  const { status = "", template } = response ?? {};
  if (response === undefined || others.length > 0)
    fields.fault("responses", `must be one response; several to choose from: that ${unsupported}`);
  const chosen = statusIn(asked);
  if (chosen !== status)
    fields.fault(words.requestTemplates, `must be {"statusCode": ${status}}, the status of the response`);
  if (response !== undefined && !statuses.includes(status))
    fields.fault("responses", `the method declares no response of status ${status}`);
  return { kind: "mock", status: Number(status) || 200, body: readConstant(template, fields, "responses") };
}

/** `{ application/json: text }` -> the text, which must mean itself. */
function readConstant(templates: unknown, fields: Fields, name: string): string {
  const entries = isMembers(templates) ? Object.entries(templates) : [];
  const [[type, text] = ["", undefined], ...more] = entries;
  if (type !== "application/json" || typeof text !== "string" || more.length > 0) {
    fields.fault(name, "must have one template, for application/json");
    return "";
  }
  if (/[$#]/.test(text)) fields.fault(name, `a template with an expression ($ or #) ${unsupported}`);
  if (Buffer.byteLength(text) > largestTemplate) fields.fault(name, "is over the 300 KB of a template");
  return text;
}

function statusIn(template: string): string | undefined {
  try {
    const value: unknown = JSON.parse(template);
    return isMembers(value) && Object.keys(value).length === 1 ? String(value.statusCode) : undefined;
  } catch {
    return undefined;
  }
}

const invocation =
  /^arn:aws:apigateway:(?<region>[a-z0-9-]+):lambda:path\/2015-03-31\/functions\/(?<fn>arn:aws:lambda:[^/]+)\/invocations$/;
/** The caller passes through: the function is called as whoever called the API. */
const callersCredentials = "arn:aws:iam::*:user/*";

function readFunctionIntegration(fields: Fields, { words, stack }: IntegrationSite): FunctionIntegration {
  // A proxy integration answers as the function says.
  fields.ignore("responses", "IntegrationResponses");
  const uri = fields.text(words.uri, /./);
  const { region, fn = "" } = invocation.exec(uri)?.groups ?? {};
  const named = region === stack.region ? parseFunctionReference(fn, stack) : undefined;
  if (named === undefined && uri !== "")
    fields.fault(words.uri, `${uri} does not invoke a function of this account and region`);
  // With another method API Gateway takes the API and answers every call with 500.
  fields.oneOf(words.httpMethod, ["POST"]);
  const credentials = fields.text(words.credentials, /./, "none");
  if (credentials !== "none" && credentials !== callersCredentials)
    fields.fault(words.credentials, `a role that API Gateway calls the function with ${unsupported}`);
  fields.oneOf(words.passthrough, ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"], "WHEN_NO_MATCH");
  return {
    kind: "function",
    functionArn: functionArn(named?.name ?? "", stack),
    ...(named?.qualifier === undefined ? {} : { qualifier: named.qualifier }),
    invokedBy: credentials === callersCredentials ? "caller" : "apiGateway",
    timeoutMs: fields.integer(words.timeout, [50, 29_000], 29_000),
  };
}

/** OpenAPI's `responses` of an integration: a status pattern each, of which `default` is the one that is not chosen by. */
export const responsesByPattern = (integration: Fields): readonly MockResponse[] => {
  const responses = integration.object("responses");
  return responses.names().map((pattern) => {
    const response = responses.object(pattern);
    if (pattern !== "default") responses.fault(pattern, `a pattern to choose a response by ${unsupported}`);
    const read = {
      status: response.scalar("statusCode", /^[2-5]\d\d$/),
      template: response.any("responseTemplates"),
    };
    response.end();
    return read;
  });
};
