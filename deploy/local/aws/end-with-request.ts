// The end of an answer that is given before its request has come whole.
import type { ServerResponse } from "node:http";

/**
 * A client that is still sending would be cut off, and lose the answer, if the connection closed now. What it sends is
 * thrown away, for as long as the server lets a request last.
 */
export function endWithRequest(res: ServerResponse, body: string | Buffer): void {
  if (res.req.complete) {
    res.end(body);
    return;
  }
  res.write(body);
  res.req.resume().once("close", () => res.end());
}
