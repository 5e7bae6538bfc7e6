// STS's XML answers and errors, and the names its query protocol has for refusals of a signature.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
import { randomUUID } from "node:crypto";
import type { AwsError } from "../model.js";

export interface StsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An element's children in order; text is escaped. */
export type XmlChildren = readonly (readonly [name: string, content: string | number | XmlChildren])[];

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

// Lambda's names -> the query protocol's.
const queryCodes: Readonly<Record<string, string>> = {
  ExpiredTokenException: "ExpiredToken",
  IncompleteSignatureException: "IncompleteSignature",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  UnrecognizedClientException: "InvalidClientTokenId",
};

export function result(action: string, children: XmlChildren): StsAnswer {
  const requestId = randomUUID();
  const content: XmlChildren = [
    [`${action}Result`, children],
    ["ResponseMetadata", [["RequestId", requestId]]],
  ];
  return answer(200, requestId, `${action}Response`, content);
}

/** A refusal of the request's signature. */
export const signatureFailure = (error: AwsError): StsAnswer =>
  failure({ ...error, type: queryCodes[error.type] ?? error.type });

export function failure({ status, type, message }: AwsError): StsAnswer {
  const requestId = randomUUID();
  const error: XmlChildren = [
    ["Type", status < 500 ? "Sender" : "Receiver"],
    ["Code", type],
    ["Message", message],
  ];
  const content: XmlChildren = [
    ["Error", error],
    ["RequestId", requestId],
  ];
  return answer(status, requestId, "ErrorResponse", content);
}

const answer = (status: number, requestId: string, root: string, content: XmlChildren): StsAnswer => ({
  status,
  headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
  body: `<${root} xmlns="${namespace}">${writeXml(content)}</${root}>\n`,
});

const writeXml = (children: XmlChildren): string =>
  children.map(([name, content]) => `<${name}>${writeContent(content)}</${name}>`).join("");

const writeContent = (content: string | number | XmlChildren): string =>
  typeof content === "object" ? writeXml(content) : escape(String(content));

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// What XML 1.0 cannot carry at all becomes U+FFFD.
const escape = (text: string): string =>
  text
    .replace(/[&<>"]/g, (char) => escapes[char] ?? char)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
