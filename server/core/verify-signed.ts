// Whether a request was signed with a secret access key that we know, for STS, now (AWS Signature Version 4, header
// form). Unsigned and chunked payloads are refused: the body is at hand.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { PresentedSignature, SignatureFlaw } from "./presented-signature.js";
import { headerValues, type RawHeaders } from "./raw-headers.js";
import type { RequestTarget } from "./request-target.js";
import { accept, refuse, type Result } from "./result.js";

export interface SignedRequest {
  readonly method: string;
  readonly target: Pick<RequestTarget, "canonicalPath" | "canonicalQuery">;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** AWS's, either way; 15 minutes is S3's. */
const clockWindowMs = 5 * 60 * 1000;

/** Refuses `SignatureDoesNotMatch`. `now`: epoch milliseconds. */
export function verifySigned(
  request: SignedRequest,
  presented: PresentedSignature,
  secretAccessKey: string,
  now: number,
): Result<undefined, SignatureFlaw> {
  const { service, signedAt, signature } = presented;
  if (service !== "sts") return mismatch("the credential scope is another service's than sts");
  if (Math.abs(now - signedAt) > clockWindowMs) return mismatch("X-Amz-Date is over five minutes away");
  const payloadHash = hash("sha256", request.body);
  const headers = canonicalHeaders(request.headers, presented.signedHeaders);
  if (headers === undefined) return mismatch("a signed header is missing, or is not plain ASCII");
  const { method, target } = request;
  const canonicalRequest = `${method}\n${target.canonicalPath}\n${target.canonicalQuery}\n${headers}\n\n${presented.signedHeaders.join(";")}\n${payloadHash}`;
  const expected = sign(canonicalRequest, presented, secretAccessKey);
  return timingSafeEqual(expected, Buffer.from(signature, "hex"))
    ? accept(undefined)
    : mismatch("the signature is not the request's");
}

const mismatch = (cause: string) => refuse<SignatureFlaw>({ code: "SignatureDoesNotMatch", cause });

/** Repeated fields are joined. `undefined`: a field is not there, or how AWS reads it is not known for sure. */
function canonicalHeaders(headers: RawHeaders, names: readonly string[]): string | undefined {
  const lines: string[] = [];
  for (const name of names) {
    const values = headerValues(headers, name);
    if (values.length === 0 || !values.every((value) => /^[\x20-\x7e]*$/.test(value))) return undefined;
    lines.push(`${name}:${values.map((value) => value.trim().replace(/ +/g, " ")).join(",")}`);
  }
  return lines.join("\n");
}

function sign(
  canonicalRequest: string,
  { amzDate, region, service }: PresentedSignature,
  secretAccessKey: string,
): Buffer {
  const day = amzDate.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hash("sha256", canonicalRequest)}`;
  const signingKey = [day, region, service, "aws4_request"].reduce<Buffer | string>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  return hmac(signingKey, stringToSign);
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** In a time that does not hang on where they differ. */
export const isSameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
