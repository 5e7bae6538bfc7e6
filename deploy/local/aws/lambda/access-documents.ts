// Who may call a function and where: its URL's configuration and its resource policy, as Lambda describes them.
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html, API_GetPolicy.html. Pure.
import type { FunctionDefinition, PolicyStatement, UrlCors } from "../model.js";
import { uuid } from "../template/stable-id.js";

export interface FunctionUrls {
  /** Where a function's URL is here; `undefined` for a function without one. */
  readonly addressOf: (functionName: string) => string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export const urlDocument = (
  { name, arn, url }: FunctionDefinition,
  { addressOf, createdAt }: FunctionUrls,
): object | undefined => {
  const address = addressOf(name);
  if (url === undefined || address === undefined) return undefined;
  const time = new Date(createdAt).toISOString();
  return {
    FunctionUrl: address,
    FunctionArn: url.qualifier === undefined ? arn : `${arn}:${url.qualifier}`,
    AuthType: url.authType,
    ...(url.cors === undefined ? {} : { Cors: corsDocument(url.cors) }),
    CreationTime: time,
    LastModifiedTime: time,
    InvokeMode: url.invokeMode,
  };
};

/** What was not said is not there. */
const corsDocument = (cors: UrlCors): object => ({
  ...(cors.allowCredentials && { AllowCredentials: true }),
  ...filled("AllowHeaders", cors.allowHeaders),
  ...filled("AllowMethods", cors.allowMethods),
  ...filled("AllowOrigins", cors.allowOrigins),
  ...filled("ExposeHeaders", cors.exposeHeaders),
  ...(cors.maxAgeSeconds > 0 && { MaxAge: cors.maxAgeSeconds }),
});

const filled = (name: string, list: readonly string[]): object => (list.length === 0 ? {} : { [name]: list });

/** `undefined` where nobody was given anything on this qualifier. */
export const policyDocument = (
  { arn, permissions = [] }: FunctionDefinition,
  qualifier: string | undefined,
): object | undefined => {
  const found = permissions.find((each) => each.qualifier === qualifier);
  if (found === undefined) return undefined;
  const statements = found.document.statements.map(statementDocument);
  const policy = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
  return { Policy: policy, RevisionId: uuid(arn, policy) };
};

/** As Lambda writes a permission: each of one principal, one action and one resource. */
const statementDocument = (statement: PolicyStatement): object => ({
  Sid: statement.sid,
  Effect: statement.effect,
  Principal: principalDocument(statement),
  Action: statement.actions[0],
  Resource: statement.resources[0],
  ...(statement.conditions.length > 0 && { Condition: conditionsDocument(statement) }),
});

const principalDocument = ({ principals }: PolicyStatement): string | object => {
  const [aws] = principals?.aws ?? [];
  if (aws === undefined) return { Service: principals?.service[0] };
  return aws === "*" ? aws : { AWS: aws };
};

const conditionsDocument = ({ conditions }: PolicyStatement): object => {
  const document: Record<string, Record<string, string | undefined>> = {};
  for (const { operator, key, values } of conditions)
    document[operator] = { ...document[operator], [key]: values[0] };
  return document;
};
