// The function's trailer fields -> those the caller gets (RFC 9110 6.5.1): none that frames, describes or stores what
// came before it, or speaks only to the next hop. Readers may merge what is left into the head.
import { eachField, isHopByHop, type RawHeaders } from "./raw-headers.js";

export function relayedTrailers(trailers: RawHeaders): string[] {
  const relayed: string[] = [];
  eachField(trailers, (field, value) => {
    const name = field.toLowerCase();
    if (!isHopByHop(name) && !name.startsWith("content-") && !headOnly.has(name)) relayed.push(field, value);
  });
  return relayed;
}

const headOnly = new Set(["set-cookie", "host", "x-request-id"]);
