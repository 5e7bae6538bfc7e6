// The inner end of the pipes to the twin. Written synchronously, so that what was said before an exit arrives, in the
// order in which it was said. When the twin's end closes, the process ends: no environment outlives its twin.
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { encodeFrame, FrameReader } from "./frames.js";
import type { FromEnvironment, ToEnvironment } from "./invocation.js";

/** Where environment-process.ts puts the pipes. */
const FROM_TWIN = 3;
const TO_TWIN = 4;

/** Not process.exit: a function's own `exit` listeners could hold it. */
const kill = process.kill.bind(process);

export const send = (message: FromEnvironment, body?: Uint8Array): void => {
  const frame = encodeFrame(message, body);
  for (let sent = 0; sent < frame.length;) sent += writeSync(TO_TWIN, frame, sent);
};

export const receive = (take: (message: ToEnvironment, body: Buffer) => void): void => {
  const reader = new FrameReader();
  const pipe = new Socket({ fd: FROM_TWIN, readable: true, writable: false });
  pipe.on("data", (piece: Buffer) => {
    for (const { message, body } of reader.push(piece)) take(message as ToEnvironment, body);
  });
  const end = (): boolean => kill(process.pid, "SIGKILL");
  pipe.on("close", end).on("error", end);
};
