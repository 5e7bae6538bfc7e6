// Answers of the /sts door: STS's XML, for its clients to read as STS's own.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
import type { Reply } from "./inbound.js";
import type { RoleSession } from "./model.js";
import type { StsProblem } from "./sts-problem.js";
import { writeXml, type XmlChildren } from "./xml.js";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

export const stsResult = (action: string, children: XmlChildren, requestId: string): Reply =>
  reply(200, {}, requestId, `${action}Response`, [
    [`${action}Result`, children],
    ["ResponseMetadata", [["RequestId", requestId]]],
  ]);

export const stsFailure = ({ status, code, message, headers }: StsProblem, requestId: string): Reply => {
  const error: XmlChildren = [
    ["Type", status < 500 ? "Sender" : "Receiver"],
    ["Code", code],
    ["Message", message],
  ];
  return reply(status, headers, requestId, "ErrorResponse", [
    ["Error", error],
    ["RequestId", requestId],
  ]);
};

function reply(
  status: number,
  headers: Readonly<Record<string, string>>,
  requestId: string,
  root: string,
  children: XmlChildren,
): Reply {
  return {
    kind: "own",
    status,
    headers: {
      ...headers,
      "content-type": "text/xml",
      "cache-control": "no-store",
      // Where SDKs look for it.
      "x-amzn-requestid": requestId,
    },
    body: `<${root} xmlns="${namespace}">${writeXml(children)}</${root}>\n`,
  };
}

export interface WebIdentityAnswer {
  readonly session: RoleSession;
  /** RFC 3339. */
  readonly expiration: string;
  readonly subject: string;
  /** The issuer's URL. */
  readonly provider: string;
  readonly audience: string | undefined;
  readonly sourceIdentity: string | undefined;
}

export const webIdentityChildren = ({ session, ...answer }: WebIdentityAnswer): XmlChildren => {
  const { accessKeyId, secretAccessKey, sessionToken } = session.credentials;
  return [
    [
      "Credentials",
      [
        ["AccessKeyId", accessKeyId],
        ["SecretAccessKey", secretAccessKey],
        ["SessionToken", sessionToken],
        ["Expiration", answer.expiration],
      ],
    ],
    ["SubjectFromWebIdentityToken", answer.subject],
    [
      "AssumedRoleUser",
      [
        ["AssumedRoleId", session.assumedRoleId],
        ["Arn", session.assumedRoleArn],
      ],
    ],
    ["PackedPolicySize", session.packedPolicySize],
    ["Provider", answer.provider],
    ["Audience", answer.audience],
    ["SourceIdentity", answer.sourceIdentity],
  ];
};
