// Where a request came from, as AWS writes it: an IPv4 address that a dual-stack socket wraps stands by itself.
import type { Socket } from "node:net";

/** Empty once the socket is gone. */
export const sourceIpOf = ({ remoteAddress = "" }: Pick<Socket, "remoteAddress">): string =>
  remoteAddress.replace(/^::ffff:/, "");
