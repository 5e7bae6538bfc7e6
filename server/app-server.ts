// node:http's server for the Express app: quick where Express is slow, and leaving to the app every answer that
// node:http would give alone.
import { IncomingMessage, ServerResponse, createServer, type RequestListener, type Server } from "node:http";
import type { Express } from "express";

export interface AppServerOptions {
  readonly maxHeaderSize: number;
  /** How often connections are looked over for requests that take too long to arrive. */
  readonly checkMs?: number;
}

/**
 * node:http's server, made so that its requests and responses are born with the prototypes Express gives them:
 * Express's own `setPrototypeOf` for each request then changes nothing, and V8 keeps its fast paths.
 */
export function createAppServer(
  app: Express,
  { maxHeaderSize, checkMs = 5_000 }: AppServerOptions,
  listener: RequestListener = app,
): Server {
  // Functions, called on the new object, as node:http makes its own: by Reflect.construct V8 could not
  // foresee how many fields such an object gets, and each would be some ten times as slow to make.
  function AppRequest(
    this: IncomingMessage,
    ...[socket]: ConstructorParameters<typeof IncomingMessage>
  ): void {
    asFunction(IncomingMessage).call(this, socket);
  }
  AppRequest.prototype = app.request;
  function AppResponse(this: ServerResponse, request: IncomingMessage, options: object): void {
    asFunction(ServerResponse).call(this, request, options);
  }
  AppResponse.prototype = app.response;
  const server = createServer(
    {
      IncomingMessage: AppRequest as unknown as typeof IncomingMessage,
      ServerResponse: AppResponse as unknown as typeof ServerResponse,
      maxHeaderSize,
      connectionsCheckingInterval: checkMs,
      // Refused in request-head.ts instead, with an answer that says why.
      requireHostHeader: false,
    },
    listener,
  );
  // By number Node would drop fields in silence, a body's length among them; `maxHeaderSize` bounds them all.
  server.maxHeadersCount = 0;
  // What node:http would answer alone: an expectation, met or not, belongs to a request like any other.
  return server.on("checkContinue", listener).on("checkExpectation", listener);
}

/** Node's types call these two classes; they are constructor functions, and may be called as such. */
const asFunction = (constructor: unknown) => constructor as (this: object, ...args: unknown[]) => void;
