// Writes a request to a socket byte for byte, which HTTP clients do not let one do, and reads the whole answer.
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { SignedRequest } from "../../../../../deploy/local/aws/model.js";

export interface Wire extends SignedRequest {
  readonly version: "1.1" | "1.0";
}

export interface RawAnswer {
  readonly status: number;
  /** `x-amzn-errortype`, or the <Code> of STS's XML. */
  readonly type: string;
  readonly body: string;
}

export async function exchange(port: number, wire: Wire): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  const answer = text(socket);
  socket.write(`${headOf(wire)}\r\n\r\n`, "latin1");
  socket.write(wire.body);
  return readAnswer(await answer);
}

function headOf({ method, target, version, rawHeaders, body }: Wire): string {
  const fields = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ""}`] : [],
  );
  const framing = ["Connection: close", ...(body.length > 0 ? [`Content-Length: ${body.length}`] : [])];
  return [`${method} ${target} HTTP/${version}`, ...fields, ...framing].join("\r\n");
}

function readAnswer(answer: string): RawAnswer {
  const end = answer.indexOf("\r\n\r\n");
  const [head, body] = [answer.slice(0, end), answer.slice(end + 4)];
  const header = /^x-amzn-errortype: ?(\S+)/im.exec(head)?.[1];
  const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1];
  return { status: Number(head.split(" ")[1]), type: header ?? code ?? "", body };
}
