// AWS Signature Version 4 of one bare request: only `host` and `x-amz-*` are signed, so that nothing a caller
// sends and nothing an HTTP client adds later can touch the signature. aws4 does the signing.
import { hash } from "node:crypto";
import aws4 from "aws4";
import type { Credentials } from "./model.js";
import { onceASecond } from "./once-a-second.js";
import type { RequestTarget } from "./request-target.js";

/** What of a target is signed and sent. */
export type SignedTarget = Pick<RequestTarget, "wire" | "canonicalPath" | "canonicalQuery">;

/** Further `X-Amz-*` fields: names in lower case, values without spaces at their ends. */
export type AmzFields = readonly (readonly [name: string, value: string])[];

export interface SigningInput {
  readonly method: string;
  readonly host: string;
  readonly target: SignedTarget;
  /** SHA-256 of the body in lower-case hex. Lambda takes no unsigned payload. */
  readonly payloadHash: string;
  readonly region: string;
  readonly service: string;
  readonly credentials: Credentials;
  /** Signed beside the four that every request has. */
  readonly amzFields?: AmzFields | undefined;
  /** Epoch milliseconds. AWS allows five minutes either way. */
  readonly now: number;
}

/**
 * Header fields of the signed request: `Host`, `X-Amz-*` and `Authorization`, to be sent as they are with `target.wire`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @throws when a credential is missing: aws4 would quietly sign with the process's own environment instead.
 */
export function signRequest(input: SigningInput): string[] {
  const { accessKeyId, secretAccessKey, sessionToken } = input.credentials;
  if (!accessKeyId || !secretAccessKey || !sessionToken)
    throw new Error("a role session has three credentials");
  const signer = input.amzFields?.length
    ? new ExtendedSigner(input, input.amzFields)
    : new TargetSigner(input);
  const signed = [
    "Host",
    input.host,
    "X-Amz-Content-Sha256",
    input.payloadHash,
    "X-Amz-Date",
    signer.getDateTime(),
    "X-Amz-Security-Token",
    sessionToken,
    "Authorization",
    signer.authHeader(),
  ];
  for (const [name, value] of input.amzFields ?? []) signed.push(name, value);
  return signed;
}

/**
 * aws4's signer for a target that is canonical already. aws4 would parse the path itself and in doing so cut a query at
 * 1,000 pairs, regroup it and lose `__proto__`; and it would filter, sort and join the header fields anew for each part
 * of the signature that needs them, where here they are always the same four. Key derivation (kept per secret, day,
 * region and service), the MAC and the Authorization field stay aws4's.
 */
class TargetSigner extends aws4.RequestSigner {
  private readonly date: string;
  private readonly scope: string;

  constructor(protected readonly input: SigningInput) {
    super(
      { method: input.method, service: input.service, region: input.region, headers: { Host: input.host } },
      input.credentials,
    );
    this.date = amzDate(input.now);
    this.scope = `${this.date.slice(0, 8)}/${input.region}/${input.service}/aws4_request`;
  }

  override getDateTime(): string {
    return this.date;
  }

  override credentialString(): string {
    return this.scope;
  }

  override signedHeaders(): string {
    return "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
  }

  override canonicalHeaders(): string {
    const { host, payloadHash, credentials } = this.input;
    return `host:${host}\nx-amz-content-sha256:${payloadHash}\nx-amz-date:${this.date}\nx-amz-security-token:${credentials.sessionToken}`;
  }

  override canonicalString(): string {
    const { method, target, payloadHash } = this.input;
    const { canonicalPath, canonicalQuery } = target;
    return `${method}\n${canonicalPath}\n${canonicalQuery}\n${this.canonicalHeaders()}\n\n${this.signedHeaders()}\n${payloadHash}`;
  }

  /** As aws4's, by Node's one-shot hash: `createHash` takes nearly twice as long for so little. */
  override stringToSign(): string {
    return `AWS4-HMAC-SHA256\n${this.date}\n${this.scope}\n${hash("sha256", this.canonicalString())}`;
  }
}

/** The same with further fields among the four, in the order that SigV4 asks for. */
class ExtendedSigner extends TargetSigner {
  private readonly lines: readonly (readonly [name: string, line: string])[];

  constructor(input: SigningInput, amzFields: AmzFields) {
    super(input);
    const further = amzFields.map(([name, value]) => [name, `${name}:${value.replace(/ +/g, " ")}`] as const);
    const four = super
      .canonicalHeaders()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line] as const);
    this.lines = [...four, ...further].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  override signedHeaders(): string {
    return this.lines.map(([name]) => name).join(";");
  }

  override canonicalHeaders(): string {
    return this.lines.map(([, line]) => line).join("\n");
  }
}

/** `20261121T200000Z` */
const amzDate = onceASecond((iso) => iso.replace(/[:-]|\.\d{3}/g, ""));
