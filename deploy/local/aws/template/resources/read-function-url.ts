// AWS::Lambda::Url -> FunctionUrlConfig and the function it hangs on.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html, API_Cors.html
import type { FunctionUrlConfig, UrlCors } from "../../model.js";
import type { Fields } from "../fields.js";
import { functionArn, qualifiedArn, readFunctionReference } from "./function-reference.js";
import type { StackSettings } from "./resource-names.js";
import { urlId } from "../stable-id.js";

export interface ReadUrl {
  readonly logicalId: string;
  readonly functionName: string;
  readonly url: FunctionUrlConfig;
  readonly fields: Fields;
}

export function readUrl(fields: Fields, logicalId: string, stack: StackSettings): ReadUrl {
  const { name, qualifier: inTarget } = readFunctionReference(fields, "TargetFunctionArn", stack);
  // All digits would be a version, and a URL cannot hang on one.
  const own = fields.has("Qualifier")
    ? fields.text("Qualifier", /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/)
    : undefined;
  if (own !== undefined && inTarget !== undefined && own !== inTarget)
    fields.fault("Qualifier", `${own} is not the qualifier of TargetFunctionArn, ${inTarget}`);
  const qualifier = own ?? inTarget;
  if (inTarget !== undefined && /^(\d|\$)/.test(inTarget))
    fields.fault("TargetFunctionArn", "a URL hangs on a function or an alias");
  const url: FunctionUrlConfig = {
    authType: fields.oneOf("AuthType", ["AWS_IAM", "NONE"]),
    invokeMode: fields.oneOf("InvokeMode", ["BUFFERED", "RESPONSE_STREAM"], "BUFFERED"),
    ...(qualifier === undefined ? {} : { qualifier }),
    urlId: urlId(qualifiedArn(functionArn(name, stack), qualifier)),
    ...(fields.has("Cors") ? { cors: readCors(fields.object("Cors")) } : {}),
  };
  fields.end();
  return { logicalId, functionName: name, url, fields };
}

const method = /^(GET|PUT|HEAD|POST|PATCH|DELETE|\*)$/;
const headerName = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,1024})$/;

function readCors(cors: Fields): UrlCors {
  const config = {
    allowCredentials: cors.boolean("AllowCredentials", false),
    allowHeaders: cors.textsMatching("AllowHeaders", headerName, 100),
    allowMethods: cors.textsMatching("AllowMethods", method, 6),
    allowOrigins: cors.textsMatching("AllowOrigins", /^(\*|[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/]{1,230})$/, 100),
    exposeHeaders: cors.textsMatching("ExposeHeaders", headerName, 100),
    maxAgeSeconds: cors.integer("MaxAge", [0, 86_400], 0),
  };
  for (const name of ["AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders"])
    if (cors.has(name) && cors.list(name).length === 0) cors.fault(name, "must not be empty");
  cors.end();
  return config;
}
