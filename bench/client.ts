// The bench's own client, for what a load generator cannot do: many callers, many calls at one time, the time of the
// first byte. undici's `dispatch`, as cheap as a client in Node gets.
import { Pool, type Dispatcher } from "undici";

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** The beginning of the body. */
  readonly text: string;
  /** From the call to the first byte of the body, and to its end. */
  readonly firstByteMs: number;
  readonly totalMs: number;
}

export interface Client {
  get(path: string, token: string): Promise<Answer>;
  /** Breaks what is still in flight. */
  close(): Promise<void>;
}

export function createClient(origin: string, connections: number): Client {
  const pool = new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0 });
  return {
    get: (path, token) =>
      new Promise((resolve, reject) => {
        pool.dispatch(
          { method: "GET", path, headers: ["authorization", `Bearer ${token}`] },
          new Call(resolve, reject),
        );
      }),
    close: () => pool.destroy(),
  };
}

class Call implements Dispatcher.DispatchHandler {
  private readonly startedAt = performance.now();
  private status = 0;
  private bytes = 0;
  private text = "";
  private firstByteMs = NaN;

  constructor(
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** undici tells its new handlers from its old ones by this. */
  onRequestStart(): void {
    return undefined;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.bytes === 0) {
      this.firstByteMs = performance.now() - this.startedAt;
      this.text = chunk.toString("latin1", 0, 300);
    }
    this.bytes += chunk.length;
  }

  onResponseEnd(): void {
    const totalMs = performance.now() - this.startedAt;
    const { status, bytes, text, firstByteMs } = this;
    this.resolve({ status, bytes, text, firstByteMs, totalMs });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }
}

/** @throws when it is not a 200: what follows would measure refusals. */
export async function getWhole(client: Client, path: string, token: string): Promise<Answer> {
  const answer = await client.get(path, token);
  if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status} ${answer.text}`);
  return answer;
}

/** A document of the bench's own programs. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.json();
}
