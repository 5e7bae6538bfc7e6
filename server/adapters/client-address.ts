// An address as it came with a connection or in a header field -> as logs, functions and rules get it.
import { isIP } from "node:net";

/** `unknown` where there is none, or a proxy wrote something else (RFC 7239 6.3). */
export function clientAddress(text = ""): string {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 ? "unknown" : address;
}
