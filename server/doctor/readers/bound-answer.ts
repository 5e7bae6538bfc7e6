// How much of an answer is read, and for how long: the SDK waits for the end of a body for ever, and keeps all of it.
import { pipeline, Readable, Transform } from "node:stream";

/** A role has 10,240 characters of policies, a function 20 KB, a page of a list less than a thousand short entries. */
const mostBytes = 1_048_576;

/** As a middleware next to the wire: `client.middlewareStack.add(boundAnswer(5_000), nextToTheWire)`. */
export const boundAnswer =
  (timeoutMs: number) =>
  <Args, Answer extends { readonly response: unknown }>(next: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    const answer = await next(args);
    const response = answer.response as { body?: unknown };
    if (response.body instanceof Readable) response.body = bounded(response.body, timeoutMs);
    return answer;
  };

export const nextToTheWire = { step: "deserialize", priority: "low", name: "grantwayBoundAnswer" } as const;

function bounded(body: Readable, timeoutMs: number): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > mostBytes) done(new Error(`the answer has more than ${mostBytes} bytes`));
      else done(null, chunk);
    },
  });
  const late = (): void => void counted.destroy(new Error(`the answer did not end within ${timeoutMs} ms`));
  // An answer that nobody reads, for want of content, keeps no process waiting.
  const timer = setTimeout(late, timeoutMs).unref();
  // Whoever reads `counted` is told of an error by it.
  return pipeline(body, counted, () => clearTimeout(timer));
}
