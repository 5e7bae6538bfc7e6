// Loaded into the gateway's process: when `npm run local` has gone without a word (SIGKILL), nobody is left to end the
// gateway, and its port would stay taken. Its standard input is a pipe that says so by ending.
import { Socket } from "node:net";

process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
// The pipe alone is no reason to stay.
if (process.stdin instanceof Socket) process.stdin.unref();
