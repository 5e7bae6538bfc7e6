// STS's GetCallerIdentity: who holds credentials that this gateway handed out, told by their signature. Nobody else's are
// known here, nor those that another replica handed out, or this one before it was started or long ago.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
import { arnParts } from "./core/arn.js";
import type { StsSignatureCode } from "./core/denial.js";
import type { Inbound } from "./core/inbound.js";
import type { RoleSession } from "./core/model.js";
import { readSignature } from "./core/presented-signature.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { isSameSecret, verifySigned } from "./core/verify-signed.js";
import type { BoundedMap, Clock } from "./ports.js";

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  /** Absent where STS did not say. */
  readonly userId: string | undefined;
}

/** `cause` is for the log; it holds no secret and nothing of the request. */
export interface IdentityFlaw {
  readonly code: StsSignatureCode;
  readonly cause: string;
}

export interface CallerIdentityParts {
  /** What was handed out, by access key id. */
  readonly granted: BoundedMap<RoleSession>;
  readonly clock: Clock;
}

/** Needs no permission, as at STS: who can sign may know who he is. */
export type IdentifySigner = (
  inbound: Pick<Inbound, "method" | "headers">,
  target: RequestTarget,
  body: Buffer,
) => Result<CallerIdentity, IdentityFlaw>;

export const createCallerIdentity =
  ({ granted, clock }: CallerIdentityParts): IdentifySigner =>
  ({ method, headers }, target, body) => {
    const presented = readSignature(headers);
    if (!presented.ok) return presented;
    const { accessKeyId, sessionToken } = presented.value;
    const session = granted.get(accessKeyId);
    if (!session || !isSameSecret(sessionToken, session.credentials.sessionToken))
      return refuse({
        code: "InvalidClientTokenId",
        cause: session
          ? "the session token is not the access key's"
          : "the access key was not handed out by this gateway since it started, or too many were since then",
      });
    const now = clock();
    const { secretAccessKey } = session.credentials;
    const verified = verifySigned({ method, target, headers, body }, presented.value, secretAccessKey, now);
    if (!verified.ok) return verified;
    if (now >= session.expiration) return refuse({ code: "ExpiredToken", cause: "the session is over" });
    const arn = session.assumedRoleArn;
    // arn:aws:sts::123456789012:assumed-role/name/session
    return accept({ account: arnParts(arn).accountId, arn, userId: session.assumedRoleId });
  };
