// What the upstream answers: a small document, a stream of so many bytes, a first byte with its end a little later. The
// streams are chunked, as Lambda's are (InvokeMode RESPONSE_STREAM).
import type { Socket } from "node:net";

export type Answer = (socket: Socket) => void;

const frameBytes = 65_536;
const frame = Buffer.concat([
  Buffer.from(`${frameBytes.toString(16)}\r\n`),
  Buffer.alloc(frameBytes, "x"),
  Buffer.from("\r\n"),
]);
const lastFrame = Buffer.from("0\r\n\r\n");
const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
);
/** Long enough that the first byte never arrives together with the last. */
const firstByteLeadMs = 3;

const small = Buffer.from(document(200, JSON.stringify({ message: "hello" })));
const unknown = Buffer.from(document(404, "{}"));
const firstByte = Buffer.concat([streamHead, Buffer.from("1\r\nx\r\n")]);

export const answers = {
  json:
    (content: unknown): Answer =>
    (socket) =>
      void socket.write(document(200, JSON.stringify(content))),

  of(path: string): Answer {
    if (path === "/small" || path === "/post") return (socket) => void socket.write(small);
    if (path === "/first-byte") return sendFirstByte;
    const bytes = /^\/stream\?bytes=(\d+)$/.exec(path)?.[1];
    if (bytes !== undefined) return (socket) => stream(socket, Math.ceil(Number(bytes) / frameBytes));
    return (socket) => void socket.write(unknown);
  },
};

function document(status: number, body: string): string {
  const head = `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return head + body;
}

function sendFirstByte(socket: Socket): void {
  socket.write(firstByte);
  setTimeout(() => socket.write(lastFrame), firstByteLeadMs);
}

/** As fast as the reader takes it. */
function stream(socket: Socket, frames: number): void {
  let left = frames;
  const fill = (): void => {
    while (left > 0) {
      left -= 1;
      if (!socket.write(frame) && left > 0) {
        socket.once("drain", fill);
        return;
      }
    }
    socket.write(lastFrame);
  };
  socket.write(streamHead);
  fill();
}
