// The query protocol's XML answers and errors, and the names it has for refusals of a signature.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html , .../IAM/latest/APIReference/CommonErrors.html
import { randomUUID } from "node:crypto";
import type { AwsError } from "../model.js";

export interface QueryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An element's children in order; text is escaped. */
export type XmlChildren = readonly (readonly [
  name: string,
  content: string | number | boolean | XmlChildren,
])[];

// Lambda's names -> the query protocol's.
const queryCodes: Readonly<Record<string, string>> = {
  ExpiredTokenException: "ExpiredToken",
  IncompleteSignatureException: "IncompleteSignature",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  UnrecognizedClientException: "InvalidClientTokenId",
};

export interface QueryAnswers {
  readonly result: (action: string, children: XmlChildren) => QueryAnswer;
  readonly failure: (error: AwsError) => QueryAnswer;
  /** A refusal of the request's signature. */
  readonly signatureFailure: (error: AwsError) => QueryAnswer;
}

/** Of one service, whose answers all have its namespace. */
export function queryAnswers(namespace: string): QueryAnswers {
  const answer = (status: number, requestId: string, root: string, content: XmlChildren): QueryAnswer => ({
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<${root} xmlns="${namespace}">${writeXml(content)}</${root}>\n`,
  });
  const failure = ({ status, type, message }: AwsError): QueryAnswer => {
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
  };
  return {
    failure,
    signatureFailure: (error) => failure({ ...error, type: queryCodes[error.type] ?? error.type }),
    result: (action, children) => {
      const requestId = randomUUID();
      const content: XmlChildren = [
        [`${action}Result`, children],
        ["ResponseMetadata", [["RequestId", requestId]]],
      ];
      return answer(200, requestId, `${action}Response`, content);
    },
  };
}

const writeXml = (children: XmlChildren): string =>
  children.map(([name, content]) => `<${name}>${writeContent(content)}</${name}>`).join("");

const writeContent = (content: XmlChildren[number][1]): string =>
  typeof content === "object" ? writeXml(content) : escape(String(content));

// A bare carriage return would reach the reader as a line feed (XML 1.0, 2.11).
const escapes: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
  "\r": "&#xD;",
};

// What XML 1.0 cannot carry at all becomes U+FFFD.
const escape = (text: string): string =>
  text
    .replace(/[&<>"\r]/g, (char) => escapes[char] ?? char)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
