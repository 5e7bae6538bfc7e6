// The signature a request should carry, made by AWS's own signer of what stood on the wire.
// Decides nothing about who may sign, when, or what must be under the signature: verify-request.ts does.
import { SignatureV4 } from "@smithy/signature-v4";
import type { Caller, Outcome, SignedRequest } from "../model.js";
import { NodeSha256 } from "./node-sha256.js";
import type { Authorization } from "./parse-authorization.js";
import { parseTarget } from "./parse-target.js";
import { invalid, mismatch } from "./refusals.js";
import { pickHeaders, type Headers } from "./signed-headers.js";

export interface SignatureInput {
  readonly request: SignedRequest;
  readonly headers: Headers;
  readonly authorization: Authorization;
  readonly credentials: Pick<Caller, "accessKeyId" | "secretAccessKey" | "sessionToken">;
  /** Epoch milliseconds. */
  readonly signingDateMs: number;
}

/** 64 hexadecimal digits, or why the signer is not asked. */
export async function expectedSignature(input: SignatureInput): Promise<Outcome<string>> {
  const { method, target, body } = input.request;
  const { signedHeaders, region, service } = input.authorization;
  const { accessKeyId, secretAccessKey, sessionToken } = input.credentials;
  const parsed = parseTarget(target);
  if (!parsed.ok) return invalid(`The request cannot be verified: ${parsed.reason}.`);
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    region,
    service,
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const headers = pickHeaders(input.headers, signedHeaders);
  const { path, query } = parsed.value;
  const { headers: signed } = await signer.sign(
    { method, protocol: "https:", hostname: headers.host ?? "", path, query, headers, body },
    { signingDate: new Date(input.signingDateMs), signableHeaders: new Set(signedHeaders) },
  );
  const signature = /Signature=([0-9a-f]{64})$/.exec(signed.authorization ?? "")?.[1];
  return signature === undefined ? mismatch() : { ok: true, value: signature };
}
