// Inbound header fields -> those the function gets. Everything that names a caller or a hop is ours to set; what a
// client sends under those names is dropped first, so it can be neither spoofed nor signed.
import { connectionNames, eachField, isHopByHop, type RawHeaders } from "./raw-headers.js";

/** Where the call came from, as far as `listen.trustProxy` allows to believe it. */
export interface Client {
  readonly address: string;
  readonly protocol: "http" | "https";
  /** The Host the client asked for; absent when it sent none. */
  readonly host?: string;
}

export interface ForwardedHeadersInput {
  readonly headers: RawHeaders;
  readonly client: Client;
  readonly requestId: string;
}

/** The route's identity headers, names in lower case. */
export type IdentityFields = readonly (readonly [name: string, value: string])[];

/**
 * Header fields of the relayed request: `signed` (what SigV4 adds: `host`, `authorization`, `x-amz-*`) as they are, then
 * the caller's own, then ours.
 */
export function forwardedHeaders(
  { headers, client, requestId }: ForwardedHeadersInput,
  identity: IdentityFields,
  signed: RawHeaders = [],
): string[] {
  const named = connectionNames(headers);
  const forwarded = [...signed];
  eachField(headers, (field, value) => {
    const name = field.toLowerCase();
    const readAs = hyphenated(name);
    if (named.has(name) || named.has(readAs) || isHopByHop(readAs) || isOurs(readAs, identity)) return;
    forwarded.push(field, value);
  });
  // Set after the drop: a `Connection` header cannot name these away.
  for (const [name, value] of identity) forwarded.push(name, value);
  // RFC 9110 7.6.3: after what came before us; several lines are one list.
  forwarded.push("via", "1.1 grantway");
  pushClientHeaders(forwarded, client);
  forwarded.push("x-request-id", requestId);
  return forwarded;
}

const isOurs = (readAs: string, identity: IdentityFields): boolean =>
  ownNames.has(readAs) ||
  readAs.startsWith("x-amz-") ||
  readAs.startsWith("x-forwarded-") ||
  identity.some(([name]) => hyphenated(name) === readAs);

// `content-length` is set by the HTTP client from the body it really sends; `expect` was answered here.
// A DPoP proof, like the token, was for us.
const ownNames = new Set([
  "authorization",
  "dpop",
  "host",
  "date",
  "expect",
  "content-length",
  "forwarded",
  "x-request-id",
]);

// CGI-like frameworks (RFC 3875 4.1.18) read `x_caller_sub` as `x-caller-sub`, so it could speak for ours.
const hyphenated = (name: string): string => (name.includes("_") ? name.replaceAll("_", "-") : name);

/** RFC 7239 beside its older cousins: function URLs append to `x-forwarded-for`, and leave `forwarded` alone. */
function pushClientHeaders(forwarded: string[], { address, protocol, host }: Client): void {
  const node = address.includes(":") ? `"[${address}]"` : address;
  forwarded.push("x-forwarded-for", address, "x-forwarded-proto", protocol);
  if (host === undefined) {
    forwarded.push("forwarded", `for=${node};proto=${protocol}`);
    return;
  }
  const quotable = host.replace(/["\\]/g, "");
  forwarded.push("x-forwarded-host", host, "forwarded", `for=${node};proto=${protocol};host="${quotable}"`);
}
