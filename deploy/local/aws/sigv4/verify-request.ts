// Verifies the header form of Signature Version 4 with AWS's own signer, not the one the gateway signs with.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// Presigned URLs, unsigned and chunk-signed payloads are refused.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../../server/ports.js";
import { functionUrlForbidden } from "../iam/authorize-call.js";
import type { Caller, Outcome, SignedRequest, Refused } from "../model.js";
import type { Sessions } from "../sessions.js";
import { expectedSignature } from "./expected-signature.js";
import { parseAuthorization, type Authorization } from "./parse-authorization.js";
import { expired, incomplete, invalid, mismatch, missingToken, unrecognized } from "./refusals.js";
import { findHeaderFault, readHeaders, type Headers } from "./signed-headers.js";
import { findClockFault, readDate } from "./signing-date.js";

export type Verify = (request: SignedRequest, service: string) => Promise<Outcome<Caller>>;

export interface VerifierSettings {
  readonly sessions: Pick<Sessions, "find">;
  readonly clock: Clock;
  readonly region: string;
}

export function createVerifier({ sessions, clock, region }: VerifierSettings): Verify {
  return async (request, service) => {
    const headers = readHeaders(request);
    const authorization = readAuthorization(headers);
    if (!authorization.ok) return authorization;
    const signed = authorization.value;
    const date = readDate(headers);
    if (!date.ok) return date;
    const caller = findCaller(sessions, signed, headers, clock());
    if (!caller.ok) return caller;
    const fault =
      findScopeFault(signed, date.value.text, region, service) ??
      findClockFault(date.value, clock()) ??
      findCoverageFault(request, headers, signed);
    if (fault !== undefined) return fault;
    const signature = await expectedSignature({
      request,
      headers,
      authorization: signed,
      credentials: caller.value,
      signingDateMs: date.value.ms,
    });
    if (!signature.ok) return signature;
    const isSame = timingSafeEqual(Buffer.from(signature.value), Buffer.from(signed.signature));
    return isSame ? caller : mismatch();
  };
}

/** A function URL answers a call without a signature as it answers one without permission. */
export const verifyFunctionUrl =
  (verify: Verify) =>
  async (request: SignedRequest): Promise<Outcome<Caller>> => {
    const outcome = await verify(request, "lambda");
    const isUnsigned = !outcome.ok && outcome.error.type === missingToken().error.type;
    return isUnsigned
      ? { ok: false, error: { ...functionUrlForbidden, cause: "the request is not signed" } }
      : outcome;
  };

function readAuthorization(headers: Headers): Outcome<Authorization> {
  const [value, ...more] = headers.get("authorization") ?? [];
  if (value === undefined) return missingToken();
  if (more.length > 0) return incomplete("The request has more than one Authorization header.");
  return parseAuthorization(value);
}

function findCaller(
  sessions: Pick<Sessions, "find">,
  { accessKeyId }: Authorization,
  headers: Headers,
  nowMs: number,
): Outcome<Caller> {
  const caller = sessions.find(accessKeyId);
  const [token = "", ...more] = headers.get("x-amz-security-token") ?? [];
  if (caller === undefined || more.length > 0 || !isEqual(token, caller.sessionToken)) return unrecognized();
  return nowMs >= caller.expiration ? expired() : { ok: true, value: caller };
}

const digest = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

function findScopeFault(
  signed: Authorization,
  date: string,
  region: string,
  service: string,
): Refused | undefined {
  if (signed.date !== date.slice(0, 8)) {
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${signed.date}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  if (signed.region !== region) {
    return invalid(`Credential should be scoped to a valid region, not '${signed.region}'.`);
  }
  if (signed.service !== service) {
    return invalid(`Credential should be scoped to correct service: '${service}'.`);
  }
  return signed.terminator === "aws4_request"
    ? undefined
    : invalid(
        `Credential should be scoped with a valid terminator: 'aws4_request', not '${signed.terminator}'.`,
      );
}

/** Everything that must be under the signature is: headers and body. */
function findCoverageFault(
  request: SignedRequest,
  headers: Headers,
  signed: Authorization,
): Refused | undefined {
  const fault = findHeaderFault(headers, signed.signedHeaders);
  if (fault !== undefined) return invalid(`The request cannot be verified: ${fault}.`);
  const claimed = headers.get("x-amz-content-sha256")?.[0];
  if (claimed === undefined || claimed === digest(request.body).toString("hex")) return undefined;
  return invalid("The value of x-amz-content-sha256 is not the SHA-256 of the request's body.");
}
