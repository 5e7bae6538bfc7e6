// The ways to name a function: name, name:qualifier, ACCOUNT:function:name, its ARN, its qualified ARN.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html (FunctionName)
import type { Fields } from "../fields.js";

export interface FunctionReference {
  readonly name: string;
  readonly qualifier?: string;
}

interface Owner {
  readonly accountId: string;
  readonly region: string;
}

const reference =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<accountId>\d{12}):)?function:)?(?<name>[A-Za-z0-9_-]{1,64})(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** `undefined`: this names no function of this account and region. */
export function parseFunctionReference(text: string, owner: Owner): FunctionReference | undefined {
  const { region, accountId, name, qualifier } = reference.exec(text)?.groups ?? {};
  const isOurs =
    (region === undefined || region === owner.region) &&
    (accountId === undefined || accountId === owner.accountId);
  if (name === undefined || !isOurs || (region !== undefined && accountId === undefined)) return undefined;
  return { name, ...(qualifier === undefined ? {} : { qualifier }) };
}

export const functionArn = (name: string, { region, accountId }: Owner): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

export const qualifiedArn = (arn: string, qualifier: string | undefined): string =>
  qualifier === undefined ? arn : `${arn}:${qualifier}`;

/** A property that names a function. The empty name is one that has its fault already. */
export function readFunctionReference(fields: Fields, property: string, owner: Owner): FunctionReference {
  const text = fields.text(property, /./);
  const reference = parseFunctionReference(text, owner);
  if (reference === undefined && text !== "")
    fields.fault(property, `${text} names no function of this account and region`);
  return reference ?? { name: "" };
}
