// One long call, watched: when its head and each of its lines came. Over node:http, which has no clock of its own on
// the client's side; `fetch` would give up after 300 silent seconds.
import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";

export interface Line {
  readonly text: string;
  /** Since the call began. */
  readonly atSeconds: number;
}

export interface LongCall {
  readonly status: number;
  readonly lines: readonly Line[];
  readonly endedAtSeconds: number;
  /** Whether the transfer came to its end (RFC 9112 8). */
  readonly isWhole: boolean;
}

/** @throws Node's error when there is no answer at all. */
export async function callLong(
  url: string,
  token: string,
  onLine: () => void = () => undefined,
): Promise<LongCall> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` } }, resolve).on("error", reject);
  });
  const lines: Line[] = [];
  // A broken transfer shows in `complete`.
  response.on("error", () => undefined);
  for await (const text of createInterface({ input: response })) {
    lines.push({ text, atSeconds: elapsed() });
    onLine();
  }
  return {
    status: response.statusCode ?? 0,
    lines,
    endedAtSeconds: elapsed(),
    isWhole: response.complete,
  };
}
