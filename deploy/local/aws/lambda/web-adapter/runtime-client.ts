// The web adapter's side of the Runtime API and the Extensions API.
import { type IncomingMessage, request, type ClientRequest, type OutgoingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";

export interface NextCall {
  readonly requestId: string;
  readonly event: string;
  readonly headers: IncomingMessage["headers"];
}

/** `host` is AWS_LAMBDA_RUNTIME_API. A connection for each request: it may be stopped for long in between. */
export class RuntimeClient {
  readonly #base: string;

  constructor(host: string) {
    this.#base = `http://${host}`;
  }

  /** Resolves when the extension's events may be asked for; gives its identifier. */
  async register(name: string): Promise<string> {
    const headers = { "lambda-extension-name": name };
    const answer = await this.#send("POST", "/2020-01-01/extension/register", headers, '{"events":[]}');
    if (answer.statusCode !== 200) throw new Error(`it cannot register: ${String(await buffer(answer))}`);
    answer.resume();
    return String(answer.headers["lambda-extension-identifier"]);
  }

  /** Never answered: it has registered for no event. */
  awaitEvents(identifier: string): void {
    const headers = { "lambda-extension-identifier": identifier };
    this.#send("GET", "/2020-01-01/extension/event/next", headers).catch(() => undefined);
  }

  async next(): Promise<NextCall> {
    const answer = await this.#send("GET", "/2018-06-01/runtime/invocation/next", {});
    const event = (await buffer(answer)).toString("utf8");
    if (answer.statusCode !== 200) throw new Error(`no call comes: ${event}`);
    return {
      requestId: String(answer.headers["lambda-runtime-aws-request-id"]),
      event,
      headers: answer.headers,
    };
  }

  async respond(requestId: string, payload: string): Promise<void> {
    const path = `/2018-06-01/runtime/invocation/${requestId}/response`;
    (await this.#send("POST", path, { "content-type": "application/json" }, payload)).resume();
  }

  async fail(requestId: string, errorType: string, errorMessage: string): Promise<void> {
    const path = `/2018-06-01/runtime/invocation/${requestId}/error`;
    const headers = { "lambda-runtime-function-error-type": errorType };
    (await this.#send("POST", path, headers, JSON.stringify({ errorType, errorMessage }))).resume();
  }

  /** To be written to and ended. */
  stream(requestId: string): ClientRequest {
    const errorTrailers = ["lambda-runtime-function-error-type", "lambda-runtime-function-error-body"];
    return request(`${this.#base}/2018-06-01/runtime/invocation/${requestId}/response`, {
      method: "POST",
      agent: false,
      headers: {
        "content-type": "application/vnd.awslambda.http-integration-response",
        "lambda-runtime-function-response-mode": "streaming",
        "transfer-encoding": "chunked",
        trailer: errorTrailers.join(", "),
      },
    });
  }

  #send(method: string, path: string, headers: OutgoingHttpHeaders, body = ""): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(`${this.#base}${path}`, { method, headers, agent: false }, resolve)
        .on("error", reject)
        .end(body);
    });
  }
}
