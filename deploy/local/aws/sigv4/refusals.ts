// The refusals of a signature, in AWS's words as far as they are known.
import type { AwsError, Refused } from "../model.js";

const refusal = (type: string, message: string): Refused => {
  const error: AwsError = { status: 403, type, message };
  return { ok: false, error };
};

export const missingToken = (): Refused =>
  refusal("MissingAuthenticationTokenException", "Missing Authentication Token");

export const incomplete = (message: string): Refused => refusal("IncompleteSignatureException", message);

export const invalid = (message: string): Refused => refusal("InvalidSignatureException", message);

export const unrecognized = (): Refused =>
  refusal("UnrecognizedClientException", "The security token included in the request is invalid.");

export const expired = (): Refused =>
  refusal("ExpiredTokenException", "The security token included in the request is expired");

export const mismatch = (): Refused =>
  invalid(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
