// What runs in the browser: the client in a page of another origin than the gateway's and the function's.
import { createClient, GrantwayError } from "../../client/client.js";

interface Call {
  readonly gateway: string;
  readonly token: string;
  readonly door: "proxy" | "grant";
  readonly route: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  /** How far the page's clock is off. */
  readonly offMs?: number;
}

async function call({ gateway, token, offMs = 0, path, ...init }: Call): Promise<object> {
  const clock = (): number => Date.now() + offMs;
  const client = createClient({ gateway, token: () => token, clock });
  try {
    const answer = await client.fetch(path, init);
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return error instanceof GrantwayError
      ? { code: error.code, status: error.status, requestId: typeof error.requestId }
      : { failed: String(error) };
  }
}

/** How many pieces came before the page left. */
async function leave({ gateway, token, path, door, route }: Call): Promise<string> {
  const controller = new AbortController();
  const { signal } = controller;
  const answer = await createClient({ gateway, token: () => token }).fetch(path, { door, route, signal });
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  controller.abort();
  return (
    reader?.read().then(
      () => "read on",
      (error: unknown) => `${String(first?.done)}, then ${(error as Error).name}`,
    ) ?? "no body"
  );
}

Object.assign(globalThis, { call, leave });
