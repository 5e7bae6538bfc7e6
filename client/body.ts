// What a request's body becomes before it is signed: bytes, since a function URL takes no unsigned payload and their
// hash must be known before the first of them is sent. And which bodies can be sent a second time.
import { GrantwayError } from "./errors.js";

type Body = RequestInit["body"];

/** Lambda's limit for what a function is called with. */
const maxBytes = 6_291_456;

export interface ReadBody {
  readonly bytes: ArrayBuffer;
  /** What `fetch` would have sent for it. */
  readonly contentType: string | null;
}

/** A copy: the caller may write into its own while the grant is on its way. Nothing where there is no body. */
export async function readBody(body: Body): Promise<ReadBody | undefined> {
  if (body == null) return undefined;
  if (isOneTime(body)) {
    throw new GrantwayError("body_stream", "A stream cannot be signed");
  }
  const carrier = new Response(body);
  const bytes = await carrier.arrayBuffer();
  if (bytes.byteLength > maxBytes)
    throw new GrantwayError("body_too_large", `The body may have ${maxBytes} bytes`);
  return { bytes, contentType: carrier.headers.get("content-type") };
}

/** Streams, and what Node takes for one. */
export function isOneTime(body: Body): boolean {
  const object = Object(body) as object;
  return "getReader" in object || Symbol.asyncIterator in object;
}
