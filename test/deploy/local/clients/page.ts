// What runs in the browser: a function URL called with aws4fetch, in the page itself.
import { AwsClient } from "aws4fetch";

interface Call {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly keys: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

const send = ({ url, keys, ...init }: Call): Promise<Response> =>
  new AwsClient({ ...keys, service: "lambda", region: "eu-west-1", retries: 0 }).fetch(url, init);

/** What the page may read of the answer, or the browser's refusal to let it. */
async function call(input: Call): Promise<object> {
  try {
    const answer = await send(input);
    const requestId = answer.headers.get("x-amzn-requestid") !== null;
    const traceId = answer.headers.get("x-amzn-trace-id") !== null;
    return { status: answer.status, body: await answer.text(), requestId, traceId };
  } catch (error) {
    return { refused: String(error) };
  }
}

/** Reads a stream; when the first piece is here, and not before, lets the function go on. */
async function readPieces(input: Call, gate: string): Promise<readonly string[]> {
  const answer = await send(input);
  const pieces: string[] = [];
  const decoder = new TextDecoder();
  for (const reader = answer.body?.getReader(); reader !== undefined;) {
    const { value } = (await reader.read()) as { readonly value?: Uint8Array };
    if (value === undefined) break;
    if (pieces.push(decoder.decode(value)) === 1) await fetch(gate, { method: "POST" });
  }
  return pieces;
}

Object.assign(globalThis, { call, readPieces });
