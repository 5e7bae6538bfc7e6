// The URI a request was made to, and the form in which a DPoP proof's `htu` is compared with it (RFC 9449 section 4.3
// point 9): without query and fragment, after RFC 3986 sections 6.2.2 and 6.2.3.
import type { Client } from "./forwarded-headers.js";

/**
 * As the client wrote it, as far as `listen.trustProxy` allows to know: a proxy that rewrites paths hides it. Empty where
 * it is not under one of `origins`: Host is the sender's choice, and whoever was shown a proof could name his own server.
 */
export const requestedUri = (
  { client, rawTarget }: { readonly client: Client; readonly rawTarget: string },
  origins?: readonly string[],
): string => {
  const base = `${client.protocol}://${client.host ?? ""}`;
  const isOurs = !origins || (URL.canParse(base) && origins.includes(new URL(base).origin));
  return isOurs ? `${base}${rawTarget}` : "";
};

// Stricter than URL, which drops tabs and takes "\" for "/": two readers must not see two URIs.
const httpUri = /^https?:\/\/[^\s\\/?#@]+(?:[/?#][^\s\\]*)?$/i;
const unreserved = /[A-Za-z0-9\-._~]/;

/** `undefined`: no absolute http or https URI, or one with a user. */
export const comparableUri = (uri: string): string | undefined => {
  if (!httpUri.test(uri) || !URL.canParse(uri)) return undefined;
  // Lower case, no default port, no dot segments, at least "/" for a path: URL does these.
  const { origin, pathname } = new URL(uri);
  return origin + pathname.replace(/%[0-9A-Fa-f]{2}/g, normalEscape);
};

const normalEscape = (escape: string): string => {
  const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return unreserved.test(character) ? character : escape.toUpperCase();
};
