// The XML that tells of a new session: what AssumeRole and AssumeRoleWithWebIdentity answer.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_ResponseElements
import { result, type StsAnswer, type XmlChildren } from "./answer.js";
import type { FederatedRole } from "./assume-role-with-web-identity.js";
import type { AssumedRole } from "./mint-session.js";

export const describeAssumedRole = (assumed: AssumedRole): StsAnswer =>
  result("AssumeRole", sessionElements(assumed));

export const describeFederatedRole = ({ identity, ...assumed }: FederatedRole): StsAnswer =>
  result("AssumeRoleWithWebIdentity", [
    ...sessionElements(assumed),
    ["SubjectFromWebIdentityToken", identity.subject],
    ["Audience", identity.audience],
    ["Provider", identity.provider.arn],
  ]);

function sessionElements({ session, packedPolicySize, tokenUtilization }: AssumedRole): XmlChildren {
  const { sourceIdentity } = session;
  return [
    ...(sourceIdentity === undefined ? [] : ([["SourceIdentity", sourceIdentity]] as const)),
    [
      "AssumedRoleUser",
      [
        ["AssumedRoleId", session.userId],
        ["Arn", session.arn],
      ],
    ],
    [
      "Credentials",
      [
        ["AccessKeyId", session.accessKeyId],
        ["SecretAccessKey", session.secretAccessKey],
        ["SessionToken", session.sessionToken],
        ["Expiration", new Date(session.expiration).toISOString().replace(".000Z", "Z")],
      ],
    ],
    ...(packedPolicySize === undefined ? [] : ([["PackedPolicySize", packedPolicySize]] as const)),
    ["SessionTokenSize", Buffer.byteLength(session.sessionToken)],
    ["SessionTokenUtilization", tokenUtilization],
  ];
}
