// Which function and which of its versions an Invoke request names: a name, a partial or a full ARN, with the qualifier
// in it or in the query. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax. Pure.
import type { Outcome, Refused, SignedRequest } from "../model.js";
import { refused } from "./refusal.js";

export interface InvokeTarget {
  readonly functionName: string;
  /** As the ARN that was named would have it. */
  readonly functionArn: string;
  readonly qualifier?: string;
}

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

const FUNCTION_NAME =
  /^(?:arn:aws:lambda:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):(?=\d{12}:))?(?:(?<accountId>\d{12}):function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>\$LATEST|[\w-]{1,128}))?$/;
const QUALIFIER = /^(?:\$LATEST|[\w-]{1,128})$/;

/** `segment` is the path's, still encoded. */
export const readInvokeTarget = (
  segment: string,
  query: Readonly<Record<string, string | string[]>>,
  place: Place,
): Outcome<InvokeTarget> => {
  const text = decodeURIComponent(segment);
  const named = FUNCTION_NAME.exec(text)?.groups;
  if (named === undefined) return invalid("functionName", text);
  const qualifier = readQualifier(named.qualifier, query);
  if (!qualifier.ok) return qualifier;
  const { name: functionName = "", region = place.region, accountId = place.accountId } = named;
  if (region !== place.region) return unreachable(region, place.region);
  return {
    ok: true,
    value: {
      functionName,
      functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
      ...(qualifier.value === undefined ? {} : { qualifier: qualifier.value }),
    },
  };
};

const readQualifier = (
  inName: string | undefined,
  { Qualifier: inQuery, ...others }: Readonly<Record<string, string | string[]>>,
): Outcome<string | undefined> => {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return parameter(`${unknown} is no query parameter of this action.`);
  if (inQuery === undefined) return { ok: true, value: inName };
  if (typeof inQuery !== "string" || !QUALIFIER.test(inQuery)) return invalid("qualifier", String(inQuery));
  if (inName !== undefined && inName !== inQuery)
    return parameter("The derived qualifier from the function name does not match the specified qualifier.");
  return { ok: true, value: inQuery };
};

export const functionNotFound = ({ functionArn, qualifier }: InvokeTarget): Refused =>
  notFound(`Function not found: ${qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`}`);

export const parameter = (message: string): Refused =>
  refused(400, "InvalidParameterValueException", message);

/** A value that the service model itself does not allow. */
export const invalid = (member: string, value: string): Refused =>
  refused(
    400,
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint`,
  );

const notFound = (message: string): Refused => refused(404, "ResourceNotFoundException", message);

const unreachable = (region: string, here: string): Refused =>
  notFound(`Functions from '${region}' are not reachable in this region ('${here}')`);

/** No action that is served, whichever of the two readers was asked. */
export const unknownOperation = ({ method, target }: SignedRequest): Refused =>
  refused(
    404,
    "UnknownOperationException",
    `The local twin's Lambda serves Invoke, InvokeWithResponseStream, PublishVersion, ListVersionsByFunction, GetFunctionConfiguration, GetFunctionUrlConfig, ListFunctionUrlConfigs, GetPolicy, GetFunctionConcurrency, GetAlias, ListAliases and UpdateAlias, not ${method} ${target}`,
  );
