// The caller's header fields, without which of them the client must set itself: they are refused by name, since a call
// that goes out with somebody else's word for who is calling is worse than none.
import { GrantwayError } from "./errors.js";

/** A copy. Names are in lower case here. */
export function headersOf(init: RequestInit, reserved: RegExp): Headers {
  const headers = new Headers(init.headers);
  headers.forEach((_, name) => {
    if (reserved.test(name)) throw new GrantwayError("header_refused", `The client sets ${name} itself`);
  });
  return headers;
}
