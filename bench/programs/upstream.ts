// The function behind everything that is measured: canned answers over node:net, since node:http would cost more than
// what is under test. HTTP/1.1 as far as the bench sends it: whole heads, bodies with a length, keep-alive.
import { createServer, type Socket } from "node:net";
import { announce } from "./announce.js";
import { answers, type Answer } from "./canned-answers.js";
import { splitRequests, type RequestHead } from "./split-requests.js";

/** Calls that wait for an answer that never comes. */
let silent = 0;

const server = createServer({ noDelay: true }, (socket) => {
  const take = splitRequests((head) => answerTo(head)(socket));
  socket.on("data", (chunk) => {
    if (!take(chunk)) socket.destroy();
  });
  // A caller that goes away is the measurement's business, not ours.
  socket.on("error", () => socket.destroy());
});

const answerTo = ({ path, text }: RequestHead): Answer => {
  if (path === "/silent") return waitForever;
  if (path === "/silent-calls") return answers.json({ silent });
  if (path === "/signed") return answers.json({ signed: isSigned(text) });
  return answers.of(path);
};

function waitForever(socket: Socket): void {
  silent += 1;
  socket.once("close", () => (silent -= 1));
}

const isSigned = (head: string): boolean =>
  /\r\nauthorization: AWS4-HMAC-SHA256 /i.test(head) && /\r\nx-amz-security-token: /i.test(head);

announce(server);
