// Signature Version 4 of one call, by aws4fetch. Signed are host, date, session token and the hash of the body; the
// caller's own fields are added unsigned, so that nothing a browser does to them can break the signature.
import { AwsV4Signer } from "aws4fetch";
import { credentialsOf } from "./credentials.js";
import { GrantwayError } from "./errors.js";
import type { Grant } from "./grant.js";

export interface CallToSign {
  /** Upper case. */
  readonly method: string;
  readonly headers: Headers;
  readonly body: ArrayBuffer | null;
}

/** Gives the URL to call, and adds the signature to the headers. `now`: epoch milliseconds. */
export async function sign(grant: Grant, target: string, call: CallToSign, now: number): Promise<string> {
  // Typed as if it were always there.
  const { crypto } = globalThis as { crypto?: { readonly subtle?: unknown } };
  if (!crypto?.subtle) throw incompleteRuntime();
  const url = urlOf(grant, target);
  const signer = new AwsV4Signer({
    url,
    method: call.method,
    body: call.body,
    ...credentialsOf(grant),
    service: grant.Service,
    region: grant.Region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  // What is signed is what is sent, or nothing.
  if (signer.url.href !== url) throw incompleteRuntime();
  const signed = await signer.sign();
  signed.headers.forEach((value, name) => call.headers.set(name, value));
  return url;
}

const functionUrl =
  /^(?:https:\/\/[^/?#@\\\s]+|http:\/\/(?:127\.[\d.]+|localhost|\[::1\])(?::\d+)?)\/(?:[^?#\s]+\/)?$/;

/** The path is put after the function URL's own, which ends with a slash; Lambda's Invoke API does not. */
function urlOf({ FuncUrl }: Grant, target: string): string {
  if (functionUrl.test(FuncUrl)) return FuncUrl.slice(0, -1) + target;
  throw new GrantwayError("target_unsupported", "This route has no URL to sign for");
}

const incompleteRuntime = (): GrantwayError =>
  new GrantwayError("runtime_incomplete", "crypto.subtle or a whole URL is missing");
