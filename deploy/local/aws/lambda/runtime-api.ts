// The Runtime API (2018-06-01) of one execution environment, on a loopback port of its own: a runtime in any language asks
// for the next event, and posts what its call came to. A call is over when the runtime, and every extension that was told of
// it, asks for the next event. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type FunctionError,
  type InvocationContext,
  RESPONSE_LIMIT,
  type ToEnvironment,
} from "./invocation.js";
import {
  readFunctionError,
  readWhole,
  sendAccepted,
  sendBodyFault,
  sendError,
} from "./runtime-api-answers.js";
import { errorTypeOf, type Invoke, type Received, RuntimeCall } from "./runtime-api-call.js";
import { RuntimeApiExtensions } from "./runtime-api-extensions.js";

export interface RuntimeApiSettings {
  readonly context: InvocationContext;
  readonly handler: string;
  readonly externalExtensions: readonly string[];
  readonly received: Received;
}

/** The largest header is a trailer: a failed stream's error, in base64. */
const HEADER_LIMIT = 1_048_576;
const NOTHING = Buffer.alloc(0);

const ANSWER = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

export class RuntimeApi {
  readonly extensions: RuntimeApiExtensions;
  readonly #settings: RuntimeApiSettings;
  readonly #server = createServer({ maxHeaderSize: HEADER_LIMIT, requestTimeout: 0 }, (req, res) => {
    void this.#serve(req, res);
  });
  #host = "";
  #isReady = false;
  /** The runtime's request for the next event, while there is none. */
  #polling: ServerResponse | undefined;
  #call: RuntimeCall | undefined;

  constructor(settings: RuntimeApiSettings) {
    this.#settings = settings;
    // Who is stopped between two requests must find its connection again.
    this.#server.keepAliveTimeout = 0;
    this.extensions = new RuntimeApiExtensions({
      ...{ context: settings.context, handler: settings.handler, external: settings.externalExtensions },
      waits: () => this.#goOn(),
      failed: (error) => settings.received({ type: "crashed", error }, NOTHING),
    });
  }

  /** Gives what AWS_LAMBDA_RUNTIME_API is: host and port. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** The runtime and all extensions have nothing to do. */
  get isIdle(): boolean {
    return this.#isReady && this.#call === undefined;
  }

  /** What the runtime said of the call that it ended in. */
  get postedError(): FunctionError | undefined {
    const [outcome] = this.#call?.outcome ?? [];
    return outcome?.type === "failed" ? outcome.error : undefined;
  }

  post(message: ToEnvironment, body: Buffer = NOTHING): void {
    if (message.type === "invoke") this.#invoke(message, body);
    else if (message.type === "chunk-taken") this.#call?.chunkTaken();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = "", url = "" } = req;
    // A web page that has found the port is not a runtime.
    if (req.headers.host !== this.#host) {
      sendError(res, 403, "InvalidHost", `this is ${this.#host}`);
      return;
    }
    const [, requestId = "", kind] = ANSWER.exec(url) ?? [];
    if (method === "POST" && (kind === "response" || kind === "error")) {
      await this.#answer(kind, requestId, req, res);
      return;
    }
    switch (`${method} ${url}`) {
      case "GET /2018-06-01/runtime/invocation/next": {
        this.#next(res);
        return;
      }
      case "POST /2018-06-01/runtime/init/error":
        return this.#initFailed(req, res);
      case "POST /2020-01-01/extension/register":
        return this.extensions.register(req, res);
      case "GET /2020-01-01/extension/event/next": {
        this.extensions.next(req, res);
        return;
      }
      case "POST /2020-01-01/extension/init/error":
        return this.extensions.fail("Extension.InitError", req, res);
      case "POST /2020-01-01/extension/exit/error":
        return this.extensions.fail("Extension.ExitError", req, res);
      default: {
        sendError(res, 404, "NotFound", `${method} ${url} is not served by the local twin`);
        return;
      }
    }
  }

  #next(res: ServerResponse): void {
    const isOwed = this.#call?.isOwed === true;
    if (isOwed || this.#polling !== undefined) {
      const why = isOwed ? "the call is not answered yet" : "it waits for the next call already";
      sendError(res, 403, "InvalidStateTransition", `the runtime cannot ask for the next call: ${why}`);
      return;
    }
    this.#polling = res;
    res.once("close", () => {
      if (this.#polling === res) this.#polling = undefined;
    });
    this.#goOn();
  }

  /** Somebody waits: it may be the last one that a call, or the first call, has waited for. */
  #goOn(): void {
    this.#deliver();
    if (this.#polling === undefined || !this.extensions.allWait) return;
    const outcome = this.#call?.outcome;
    if (!this.#isReady) {
      this.#isReady = true;
      this.extensions.closeRegistration();
      this.#settings.received({ type: "ready" }, NOTHING);
    } else if (outcome !== undefined) {
      this.#call = undefined;
      this.#settings.received(...outcome);
    }
  }

  #invoke(invoke: Invoke, event: Buffer): void {
    const arn = invoke.invoked?.arn ?? this.#settings.context.invokedFunctionArn;
    this.#call = new RuntimeCall(invoke, event, arn, this.#settings.received);
    this.extensions.invoke(this.#call, invoke.traceId);
    this.#deliver();
  }

  /** Where the runtime's connection was lost, the event waits until it asks again. */
  #deliver(): void {
    const res = this.#polling;
    if (res === undefined || this.#call?.isWaiting !== true) return;
    this.#polling = undefined;
    this.#call.deliver(res);
  }

  async #answer(kind: "response" | "error", requestId: string, req: IncomingMessage, res: ServerResponse) {
    if (this.#call === undefined)
      sendError(res, 403, "InvalidStateTransition", "no call waits for an answer of this runtime");
    else await this.#call.answer(kind, requestId, req, res);
  }

  async #initFailed(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.#isReady) {
      sendError(res, 403, "InvalidStateTransition", "the runtime has asked for a call already");
      return;
    }
    const body = await readWhole(req, RESPONSE_LIMIT);
    if (!body.ok) {
      sendBodyFault(res, body.denial);
      return;
    }
    sendAccepted(res);
    const error = readFunctionError(errorTypeOf(req), body.value.toString("utf8"));
    this.#settings.received({ type: "init-failed", error }, NOTHING);
  }
}
