// The function's header fields -> those the caller gets: the function's own, less what spoke only to the gateway.
import { headerEntries, hopByHopNames, type RawHeaders } from "./raw-headers.js";

/** `ownsCors`: the gateway answers for CORS, so the upstream's fields would double it and browsers refuse that. */
export function relayedHeaders(headers: RawHeaders, options: { readonly ownsCors: boolean }): string[] {
  const dropped = hopByHopNames(headers);
  // Ours stands on every answer; the function got it too and may have sent it back.
  dropped.add("x-request-id");
  const relayed: string[] = [];
  for (const [field, value] of headerEntries(headers)) {
    const name = field.toLowerCase();
    if (dropped.has(name)) continue;
    if (options.ownsCors && name.startsWith("access-control-")) continue;
    relayed.push(field, value);
  }
  return relayed;
}
