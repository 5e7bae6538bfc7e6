// Inbound header fields -> those the function gets. Everything that names a caller or a hop is ours to set; what a
// client sends under those names is dropped first, so it can be neither spoofed nor signed.
import { headerEntries, hopByHopNames, type RawHeaders } from "./raw-headers.js";

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
  /** The route's identity headers, names in lower case. */
  readonly identity: readonly (readonly [name: string, value: string])[];
}

/** Header fields of the relayed request, without those SigV4 adds (`host`, `authorization`, `x-amz-*`). */
export function forwardedHeaders(input: ForwardedHeadersInput): string[] {
  const dropped = hopByHopNames(input.headers);
  for (const name of ownNames) dropped.add(name);
  for (const [name] of input.identity) dropped.add(hyphenated(name));

  const forwarded: string[] = [];
  for (const [field, value] of headerEntries(input.headers)) {
    const name = field.toLowerCase();
    const readAs = hyphenated(name);
    if (!dropped.has(name) && !dropped.has(readAs) && !ownPrefix.test(readAs)) forwarded.push(field, value);
  }
  // Set after the drop: a `Connection` header cannot name these away.
  for (const [name, value] of input.identity) forwarded.push(name, value);
  // RFC 9110 7.6.3: after what came before us; several lines are one list.
  forwarded.push("via", "1.1 grantway");
  forwarded.push(...clientHeaders(input.client), "x-request-id", input.requestId);
  return forwarded;
}

// `content-length` is set by the HTTP client from the body it really sends; `expect` was answered here.
// A DPoP proof, like the token, was for us.
const ownNames = [
  "authorization",
  "dpop",
  "host",
  "date",
  "expect",
  "content-length",
  "forwarded",
  "x-request-id",
];
const ownPrefix = /^x-(?:amz|forwarded)-/;

// CGI-like frameworks (RFC 3875 4.1.18) read `x_caller_sub` as `x-caller-sub`, so it could speak for ours.
const hyphenated = (name: string): string => name.replaceAll("_", "-");

/** RFC 7239 beside its older cousins: function URLs append to `x-forwarded-for`, and leave `forwarded` alone. */
function clientHeaders({ address, protocol, host }: Client): string[] {
  const node = address.includes(":") ? `"[${address}]"` : address;
  const headers = ["x-forwarded-for", address, "x-forwarded-proto", protocol];
  if (host === undefined) return [...headers, "forwarded", `for=${node};proto=${protocol}`];
  return [
    ...headers,
    "x-forwarded-host",
    host,
    "forwarded",
    `for=${node};proto=${protocol};host="${host.replace(/["\\]/g, "")}"`,
  ];
}
