// Bytes of one connection -> its requests, one by one, their bodies counted and thrown away (RFC 9112 2, 6.2). No
// chunked bodies: everything under test sends a length.

export interface RequestHead {
  /** With its query. */
  readonly path: string;
  /** The head as it came, field lines between CRLFs. */
  readonly text: string;
}

/** Calls back at each request's end. false: the bytes are no request that we can read. */
export function splitRequests(onRequest: (head: RequestHead) => void): (chunk: Buffer) => boolean {
  let pending = "";
  let current: RequestHead | undefined;
  let bodyLeft = 0;

  const takeBody = (text: string): string => {
    const taken = Math.min(bodyLeft, text.length);
    bodyLeft -= taken;
    if (bodyLeft > 0 || !current) return text.slice(taken);
    const whole = current;
    current = undefined;
    onRequest(whole);
    return text.slice(taken);
  };

  return (chunk) => {
    // One character a byte, so that lengths are right.
    let rest = pending + chunk.toString("latin1");
    pending = "";
    while (rest !== "" || (current && bodyLeft === 0)) {
      if (current) {
        rest = takeBody(rest);
        continue;
      }
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) {
        pending = rest;
        return true;
      }
      const text = rest.slice(0, end + 2);
      const length = bodyLengthOf(text);
      const path = text.split(" ", 2)[1];
      if (length === undefined || path === undefined) return false;
      current = { path, text };
      bodyLeft = length;
      rest = rest.slice(end + 4);
    }
    return true;
  };
}

/** undefined: chunked. */
function bodyLengthOf(head: string): number | undefined {
  if (/\r\ntransfer-encoding:/i.test(head)) return undefined;
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}
