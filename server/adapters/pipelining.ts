// Pipelined requests, one after the other: a call begins when the answers before it are out, so that no unsafe method
// overtakes another (RFC 9112 9.3.2) and nothing is begun whose answer could no longer be sent.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that may wait on one connection; who sends more without reading an answer is cut off. */
const maxWaiting = 100;

const waiting = new WeakMap<Socket, number>();

/** Resolves when `response` is its connection's next; never, when the connection ends before that. */
export function turnOf({ socket }: IncomingMessage, response: ServerResponse): Promise<void> {
  const count = (waiting.get(socket) ?? 0) + 1;
  waiting.set(socket, count);
  if (count > maxWaiting) socket.destroy();
  return new Promise((resolve) => {
    response.once("socket", () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      resolve();
    });
  });
}

/** node:http gives a response its socket when the answers before it are out. */
export const isItsTurn = (response: ServerResponse): boolean => response.socket !== null;
