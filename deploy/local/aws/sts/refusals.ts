// STS's refusals: codes, statuses and words. Those of a signature are in ../sigv4/refusals.ts.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
import type { AwsError, Caller, Refused } from "../model.js";

export const refused = (error: AwsError): Refused => ({ ok: false, error });

const badRequest =
  (type: string) =>
  (message: string): AwsError => ({ status: 400, type, message });

const forbidden =
  (type: string) =>
  (message: string): AwsError => ({ status: 403, type, message });

export const validationError = badRequest("ValidationError");
export const malformedPolicy = badRequest("MalformedPolicyDocument");
export const invalidIdentityToken = badRequest("InvalidIdentityToken");
export const expiredIdentityToken = badRequest("ExpiredTokenException");
/** Clients try again after this one. */
export const idpCommunicationError = badRequest("IDPCommunicationError");
export const idpRejectedClaim = forbidden("IDPRejectedClaim");
const denied = forbidden("AccessDenied");

export const throttled = badRequest("Throttling")("Rate exceeded");

export const accessDenied = ({ arn }: Caller, action: string, resource: string): AwsError =>
  denied(`User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`);

/** To a caller without a name. */
export const notAuthorized = (action: string): AwsError => denied(`Not authorized to perform ${action}`);

export const mfaFailed = (isComplete: boolean): AwsError =>
  denied(
    isComplete
      ? "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
      : "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
  );

export const packedPolicyTooLarge = (percent: number): AwsError =>
  badRequest("PackedPolicyTooLarge")(
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
