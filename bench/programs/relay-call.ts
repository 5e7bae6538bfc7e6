// The cheapest relay that is still right: undici's `dispatch` with a handler that hands head, chunks and end straight
// on, and waits where the client is slow. No token, no signature, no limit, no log.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, type Dispatcher } from "undici";

const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

export function relay(origin: string, request: IncomingMessage, response: ServerResponse): void {
  agent.dispatch(
    {
      origin,
      path: request.url ?? "/",
      method: request.method ?? "GET",
      headers: endToEnd(request.rawHeaders),
      body: request.method === "GET" ? null : request,
    },
    new RelayCall(response),
  );
}

/** Of one hop only (RFC 9110 7.6.1), and the host of the next. */
const hopByHop = /^(?:connection|keep-alive|host|transfer-encoding|upgrade|expect)$/i;

function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!hopByHop.test(name)) kept.push(name, rawHeaders[index + 1] ?? "");
  }
  return kept;
}

class RelayCall implements Dispatcher.DispatchHandler {
  constructor(private readonly response: ServerResponse) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.response.on("close", () => {
      if (!this.response.writableFinished) controller.abort(new Error("the client is gone"));
    });
    this.response.on("drain", () => controller.resume());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    delete headers["transfer-encoding"];
    this.response.writeHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.response.end();
  }

  onResponseError(): void {
    this.response.destroy();
  }
}
