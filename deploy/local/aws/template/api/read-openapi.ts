// The Body of an API: an OpenAPI document with API Gateway's extensions -> its methods.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
// Not done, and refused by name: authorizers but IAM's, API keys, request validation, gateway responses, CORS.
import type { ApiMethod } from "../../model.js";
import { unsupported } from "../faults.js";
import type { Fields } from "../fields.js";
import type { StackSettings } from "../resources/resource-names.js";
import { checkPath } from "./check-path.js";
import { readIntegration, responsesByPattern, type IntegrationWords } from "./read-integration.js";

export interface ReadBody {
  readonly methods: readonly ApiMethod[];
  readonly binaryMediaTypes: readonly string[];
}

const words: IntegrationWords = {
  type: "type",
  httpMethod: "httpMethod",
  uri: "uri",
  credentials: "credentials",
  timeout: "timeoutInMillis",
  requestTemplates: "requestTemplates",
  passthrough: "passthroughBehavior",
  transferMode: "responseTransferMode",
};

export function readOpenApi(body: Fields, stack: StackSettings): ReadBody {
  const isThree = body.has("openapi");
  if (isThree) body.text("openapi", /^3\.0\.\d$/);
  else body.scalar("swagger", /^2(\.0)?$/);
  body.ignore("info", "schemes", "host", "basePath", "servers", "tags", "consumes", "produces");
  body.ignore("x-amazon-apigateway-endpoint-configuration");
  const iamSchemes = readIamSchemes(isThree ? body.object("components") : body, isThree);
  const paths = body.object("paths");
  const binaryMediaTypes = body.textsMatching("x-amazon-apigateway-binary-media-types", mediaType, 100);
  body.end();
  const methods = paths.names().flatMap((path) => {
    checkPath(path, (why) => paths.fault(path, why));
    return readPath(path, paths.object(path), { stack, iamSchemes });
  });
  return { methods, binaryMediaTypes };
}

export const mediaType = /^(\*\/\*|[\w.+-]{1,127}\/([\w.+-]{1,127}|\*))$/;

interface BodySite {
  readonly stack: StackSettings;
  /** Names of the security schemes that mean IAM. */
  readonly iamSchemes: readonly string[];
}

function readIamSchemes(holder: Fields, isThree: boolean): readonly string[] {
  const schemes = holder.object(isThree ? "securitySchemes" : "securityDefinitions");
  if (isThree) {
    holder.ignore("schemas");
    holder.end();
  }
  return schemes.names().map((name) => {
    const scheme = schemes.object(name);
    scheme.oneOf("type", ["apiKey"]);
    scheme.oneOf("name", ["Authorization"]);
    scheme.oneOf("in", ["header"]);
    // Without it API Gateway would read the scheme as a demand for an API key.
    scheme.oneOf("x-amazon-apigateway-authtype", ["awsSigv4"]);
    scheme.end();
    return name;
  });
}

const anyMethod = "x-amazon-apigateway-any-method";
const methods = ["get", "put", "post", "delete", "options", "head", "patch", anyMethod];

const readPath = (path: string, item: Fields, site: BodySite): ApiMethod[] =>
  item.names().flatMap((name) => {
    const operation = item.object(name);
    if (methods.includes(name)) return [readOperation(path, name, operation, site)];
    item.fault(name, `in a path ${unsupported}`);
    return [];
  });

function readOperation(path: string, name: string, operation: Fields, site: BodySite): ApiMethod {
  operation.ignore("summary", "description", "operationId", "tags", "consumes", "produces", "parameters");
  const method: ApiMethod = {
    path,
    method: name === anyMethod ? "ANY" : name.toUpperCase(),
    authorization: readSecurity(operation, site),
    integration: readIntegration(operation.object("x-amazon-apigateway-integration"), {
      words,
      stack: site.stack,
      responses: responsesByPattern,
      statuses: operation.object("responses").names(),
    }),
  };
  operation.end();
  return method;
}

/** `[{ AWS_IAM: [] }]`. Of several schemes API Gateway takes one, and does not say which. */
function readSecurity(operation: Fields, { iamSchemes }: BodySite): ApiMethod["authorization"] {
  const auth = operation.object("x-amazon-apigateway-auth");
  const byExtension = auth.has("type") ? auth.oneOf("type", ["AWS_IAM", "NONE"]) : undefined;
  auth.end();
  const demands = operation.list("security").flatMap((one) => Object.keys(one ?? {}));
  const isIam = demands.length === 1 && iamSchemes.includes(demands[0] ?? "");
  if (demands.length > 0 && !isIam)
    operation.fault("security", `must name one scheme, of x-amazon-apigateway-authtype awsSigv4`);
  if (byExtension === "NONE" && isIam)
    operation.fault("x-amazon-apigateway-auth", "says NONE, and `security` asks for IAM");
  return isIam || byExtension === "AWS_IAM" ? "AWS_IAM" : "NONE";
}
