// AWS Signature Version 4 of one bare request: only `host` and `x-amz-*` are signed, so that nothing a caller
// sends and nothing an HTTP client adds later can touch the signature. aws4 does the signing.
import aws4 from "aws4";
import type { Credentials } from "./model.js";
import type { RequestTarget } from "./request-target.js";

export interface SigningInput {
  readonly method: string;
  readonly host: string;
  readonly target: RequestTarget;
  /** SHA-256 of the body in lower-case hex. Lambda takes no unsigned payload. */
  readonly payloadHash: string;
  readonly region: string;
  readonly service: string;
  readonly credentials: Credentials;
  /** Epoch milliseconds. AWS allows five minutes either way. */
  readonly now: number;
}

/**
 * Headers of the signed request: `Host`, `X-Amz-*` and `Authorization`, to be sent as they are with `target.wire`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @throws when a credential is missing: aws4 would quietly sign with the process's own environment instead.
 */
export function signRequest(input: SigningInput): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = input.credentials;
  if (!accessKeyId || !secretAccessKey || !sessionToken)
    throw new Error("a role session has three credentials");
  const signer = new TargetSigner(
    {
      method: input.method,
      service: input.service,
      region: input.region,
      headers: {
        Host: input.host,
        "X-Amz-Content-Sha256": input.payloadHash,
        "X-Amz-Date": new Date(input.now).toISOString().replace(/[:-]|\.\d{3}/g, ""),
        "X-Amz-Security-Token": sessionToken,
      },
    },
    { accessKeyId, secretAccessKey, sessionToken },
    input.target,
    input.payloadHash,
  );
  return signer.sign().headers as Record<string, string>;
}

/**
 * aws4 parses the path itself and in doing so cuts a query at 1,000 pairs, regroups it and loses `__proto__`.
 * The target is canonical already, so this signer takes it as it is; key derivation, scope and the
 * Authorization header stay aws4's.
 */
class TargetSigner extends aws4.RequestSigner {
  constructor(
    request: ConstructorParameters<typeof aws4.RequestSigner>[0],
    credentials: Credentials,
    private readonly target: RequestTarget,
    private readonly payloadHash: string,
  ) {
    super(request, credentials);
  }

  override parsePath(): void {
    this.parsedPath = { path: this.target.wire, query: {} };
  }

  override formatPath(): string {
    return this.target.wire;
  }

  override canonicalString(): string {
    return [
      this.request.method,
      this.target.canonicalPath,
      this.target.canonicalQuery,
      `${this.canonicalHeaders()}\n`,
      this.signedHeaders(),
      this.payloadHash,
    ].join("\n");
  }
}
