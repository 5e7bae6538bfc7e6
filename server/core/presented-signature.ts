// What a signed request says of its signature (AWS Signature Version 4, header form), read strictly. Whose it is and
// whether it is right is decided elsewhere.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
import { headerValues, type RawHeaders } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";

export interface PresentedSignature {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly region: string;
  readonly service: string;
  /** `20261122T084500Z`, the credential scope's date in front. */
  readonly amzDate: string;
  /** Epoch milliseconds. */
  readonly signedAt: number;
  /** Lower case, sorted, each once; `host` and all that is read here are among them. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

/** `cause` quotes nothing of the request. */
export interface SignatureFlaw {
  readonly code: "MissingAuthenticationToken" | "IncompleteSignature" | "SignatureDoesNotMatch";
  readonly cause: string;
}

const authorizationPattern =
  /^AWS4-HMAC-SHA256 Credential=(\w{16,128})\/(\d{8})\/([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})\/aws4_request, ?SignedHeaders=([a-z0-9;._-]{1,2048}), ?Signature=([0-9a-f]{64})$/;

type Parts = [
  all: string,
  accessKeyId: string,
  day: string,
  region: string,
  service: string,
  names: string,
  signature: string,
];

/** Refuses `MissingAuthenticationToken` and `IncompleteSignature`. */
export function readSignature(headers: RawHeaders): Result<PresentedSignature, SignatureFlaw> {
  const [authorization, second] = headerValues(headers, "authorization");
  if (authorization === undefined)
    return refuse({ code: "MissingAuthenticationToken", cause: "the request is not signed" });
  if (second !== undefined) return incomplete("the request has more than one Authorization header");
  const match = authorizationPattern.exec(authorization);
  if (!match) return incomplete("the Authorization header is no signature of SigV4");
  const [, accessKeyId, day, region, service, names, signature] = match as unknown as Parts;

  const signedHeaders = names.split(";");
  if (signedHeaders.includes("") || [...new Set(signedHeaders)].sort().join(";") !== names)
    return incomplete("SignedHeaders are not sorted, each once");
  const [amzDate, ...otherDates] = headerValues(headers, "x-amz-date");
  const [sessionToken, ...otherTokens] = headerValues(headers, "x-amz-security-token");
  if (amzDate === undefined || sessionToken === undefined || otherDates.length + otherTokens.length > 0)
    return incomplete("the request needs one X-Amz-Date and one X-Amz-Security-Token");
  const unsigned = ["host", "x-amz-date", "x-amz-security-token"].find(
    (name) => !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return incomplete(`${unsigned} is not signed`);
  const signedAt = epochOf(amzDate);
  if (signedAt === undefined || !amzDate.startsWith(`${day}T`))
    return incomplete("X-Amz-Date is no date of SigV4, or another day than the credential scope's");
  return accept({ accessKeyId, sessionToken, region, service, amzDate, signedAt, signedHeaders, signature });
}

const incomplete = (cause: string) => refuse<SignatureFlaw>({ code: "IncompleteSignature", cause });

/** Shown again as it was written, it is a day that there is: `Date` takes 30 February for 2 March. */
function epochOf(amzDate: string): number | undefined {
  const iso = amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6.000Z");
  const date = new Date(iso);
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date.getTime() : undefined;
}
